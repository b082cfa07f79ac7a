import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { api, call } from "@/api";
import { queryClient } from "@/app/query";
import { useWords } from "@/i18n/pages";
import { Form, useForm } from "@/pages/account/form";
import { Frame, LINK, Note } from "@/pages/account/frame";
import { spendLink, useLink } from "@/pages/account/link";
import { Button, buttonClass } from "@/ui";

/** A proven e-mail address. It takes a click: programs that look into mails open links too. */
export function ConfirmEmailPage() {
  const words = useWords().account;
  const { token } = useLink();
  const [done, setDone] = useState(false);
  const form = useForm({
    initial: {},
    send: async () => {
      await call(api.POST("/api/v1/auth/email/confirm", { body: { token: token ?? "" } }));
      await queryClient.invalidateQueries({ queryKey: ["me"] });
      setDone(true);
      spendLink();
    },
  });
  const home = (
    <Link to="/dashboard" className={LINK}>
      {words.confirmEmail.home}
    </Link>
  );
  if (done) {
    return (
      <Frame title={words.confirmEmail.doneTitle} intro={words.confirmEmail.done}>
        <Link to="/dashboard" className={`${buttonClass("primary")} w-full`}>
          {words.confirmEmail.home}
        </Link>
      </Frame>
    );
  }
  return (
    <Frame title={words.confirmEmail.title} intro={token === undefined ? undefined : words.confirmEmail.intro} foot={home}>
      {token === undefined ? (
        <Note kind="warning">{words.linkIncomplete}</Note>
      ) : (
        <Form state={form}>
          <Button type="submit" kind="primary" className="min-h-10" busy={form.busy}>
            {words.confirmEmail.button}
          </Button>
        </Form>
      )}
    </Frame>
  );
}
