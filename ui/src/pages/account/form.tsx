import { Eye, EyeOff } from "lucide-react";
import { type ChangeEvent, type ComponentPropsWithRef, type FormEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { isApiError } from "@/api";
import { useWords } from "@/i18n/pages";
import { tell } from "@/pages/account/tell";
import { IconButton, TextInput } from "@/ui";

interface FormWishes<Name extends string> {
  initial: Record<Name, string>;
  /** What is wrong, by field. */
  check?: (values: Record<NoInfer<Name>, string>) => Partial<Record<NoInfer<Name>, string>>;
  send: (values: Record<Name, string>) => Promise<void>;
  /** The field that an error of the server belongs to, by its code. */
  places?: Partial<Record<string, NoInfer<Name>>>;
}

interface Failure {
  text: string;
  /** Until when to wait, as the server said; milliseconds since 1970. */
  until: number | null;
  seconds: number;
}

export interface FormState<Name extends string> {
  values: Record<Name, string>;
  errors: Partial<Record<Name, string>>;
  failure: Failure | null;
  busy: boolean;
  set: (name: Name, value: string) => void;
  reset: () => void;
  bind: (name: Name) => { name: Name; value: string; onChange: (event: ChangeEvent<HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement>) => void };
  submit: (event: FormEvent<HTMLFormElement>) => void;
  /** Sends it without a form around it. */
  run: () => void;
}

/** A form that is checked when it is sent; the first field with trouble gets the focus, in our words and not the browser's. */
export function useForm<Name extends string>({ initial, check, send, places = {} }: FormWishes<Name>): FormState<Name> {
  const words = useWords();
  const [values, setValues] = useState(initial);
  const [errors, setErrors] = useState<Partial<Record<Name, string>>>({});
  const [failure, setFailure] = useState<Failure | null>(null);
  const [busy, setBusy] = useState(false);

  function set(name: Name, value: string): void {
    setValues((before) => ({ ...before, [name]: value }));
    setErrors(({ [name]: _gone, ...others }) => others as Partial<Record<Name, string>>);
  }

  function refuse(form: HTMLFormElement | null, found: Partial<Record<Name, string>>): void {
    setErrors(found);
    const first = Array.from(form?.elements ?? []).find((element) => element instanceof HTMLElement && (element.getAttribute("name") ?? "") in found);
    if (first instanceof HTMLElement) first.focus();
  }

  async function run(form: HTMLFormElement | null): Promise<void> {
    setFailure(null);
    const found = check?.(values) ?? {};
    if (Object.keys(found).length > 0) return refuse(form, found);
    setErrors({});
    setBusy(true);
    const focused = document.activeElement;
    try {
      await send(values);
    } catch (error) {
      const place = isApiError(error) ? (places[error.code] ?? placeOf(error.param, values)) : undefined;
      if (place !== undefined) refuse(form, { [place]: tell(error, words) } as Partial<Record<Name, string>>);
      else setFailure(failureOf(error, tell(error, words)));
    } finally {
      setBusy(false);
      // A button that is busy takes no focus: it gets it back, so that the keyboard goes on from there.
      setTimeout(() => {
        if (document.activeElement === document.body && focused instanceof HTMLElement) focused.focus();
      });
    }
  }

  return {
    values,
    errors,
    failure,
    busy,
    set,
    reset: () => {
      setValues(initial);
      setErrors({});
      setFailure(null);
    },
    bind: (name) => ({ name, value: values[name], onChange: (event) => set(name, event.target.value) }),
    submit: (event) => {
      event.preventDefault();
      event.stopPropagation();
      if (!busy) void run(event.currentTarget);
    },
    run: () => {
      if (!busy) void run(null);
    },
  };
}

function failureOf(error: unknown, text: string): Failure {
  if (!isApiError(error) || error.status !== 429) return { text, until: null, seconds: 0 };
  const seconds = error.retryAfter ?? 60;
  return { text, until: Date.now() + seconds * 1000, seconds };
}

function placeOf<Name extends string>(param: string | null, values: Record<Name, string>): Name | undefined {
  return param !== null && param in values ? (param as Name) : undefined;
}

/** What went wrong with the whole of a form; counts down where there is something to wait for. */
export function FormFailure({ failure }: { failure: Failure | null }) {
  const words = useWords();
  const left = useCountdown(failure);
  if (failure === null || (failure.until !== null && left === 0)) return null;
  return (
    <div className="rounded-lg bg-danger-soft px-3.5 py-2.5 text-sm text-danger">
      {/* Told once: a voice that counts seconds helps nobody. */}
      <p role="alert" className={failure.until === null ? "" : "sr-only"}>
        {failure.text}
      </p>
      {failure.until !== null && (
        <p aria-hidden className="tabular-nums">
          {words.errors.rate_limited(left)}
        </p>
      )}
    </div>
  );
}

function useCountdown(failure: Failure | null): number {
  const [now, setNow] = useState(0);
  const until = failure?.until ?? null;
  useEffect(() => {
    if (until === null) return;
    const tick = () => setNow(Date.now());
    tick();
    const timer = setInterval(tick, 500);
    return () => clearInterval(timer);
  }, [until]);
  if (failure === null || until === null) return 0;
  return Math.min(failure.seconds, Math.max(0, Math.ceil((until - now) / 1000)));
}

/** A password that can be looked at while it is typed. */
export function PasswordInput({ className = "", ...rest }: ComponentPropsWithRef<"input">) {
  const words = useWords().account;
  const [shown, setShown] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  return (
    <div className="relative">
      <TextInput ref={input} type={shown ? "text" : "password"} maxLength={4096} spellCheck={false} autoCapitalize="none" className={`pr-11 ${className}`} {...rest} />
      <IconButton
        label={shown ? words.hidePassword : words.showPassword}
        size="small"
        aria-pressed={shown}
        className="absolute top-1 right-1"
        onClick={() => {
          setShown(!shown);
          input.current?.focus();
        }}
      >
        {shown ? <EyeOff size={17} aria-hidden /> : <Eye size={17} aria-hidden />}
      </IconButton>
    </div>
  );
}

/** For password managers: whose password is asked for. Nobody sees it. */
export function UsernameForManagers({ value }: { value: string }) {
  return <input type="text" name="username" autoComplete="username" value={value} readOnly hidden />;
}

interface FormProps<Name extends string> {
  state: FormState<Name>;
  children: ReactNode;
  className?: string;
  /** Begins in its first field; not where a keyboard would come up over half of the screen. */
  ready?: boolean;
}

export function Form<Name extends string>({ state, children, className = "", ready = false }: FormProps<Name>) {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (ready && !window.matchMedia("(pointer: coarse)").matches) form.current?.querySelector<HTMLElement>("input:not([hidden]), textarea, select")?.focus();
  }, [ready]);
  return (
    <form ref={form} method="post" noValidate onSubmit={state.submit} className={`flex flex-col gap-5 ${className}`}>
      <FormFailure failure={state.failure} />
      {children}
    </form>
  );
}
