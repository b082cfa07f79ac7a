import { useQuery } from "@tanstack/react-query";
import { useWords } from "@/i18n/pages";
import { LINK } from "@/pages/account/frame";
import { optionsQuery } from "@/pages/account/options";

/** Whom to ask: the installation's contact, where it names one. */
export function SupportLine() {
  const words = useWords().account;
  const { data } = useQuery(optionsQuery);
  const contact = data?.support;
  if (contact === undefined || contact === null || contact === "") return null;
  const mail = !contact.startsWith("http");
  return (
    <a href={mail ? `mailto:${contact}` : contact} className={LINK} {...(!mail && { target: "_blank", rel: "noreferrer" })}>
      {words.contact(contact.replace(/^https?:\/\//, ""))}
    </a>
  );
}
