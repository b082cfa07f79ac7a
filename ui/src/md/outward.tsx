import { Download, ImageOff } from "lucide-react";
import { type ReactNode, useContext } from "react";
import { useWords } from "@/i18n";
import { destination, safeAddress, saysWhere } from "@/md/links";
import { MarkingContext, unmarked } from "@/md/marks";
import { plain } from "@/md/visible";

/** A link out of the answer: it says where it leads, and tells nothing of where it comes from. What may not be followed is its text alone. */
export function Outward({ address, text, children }: { address: string; text: string; children: ReactNode }) {
  const words = useWords().message;
  const own = useContext(MarkingContext)?.file(address) ?? null;
  if (own !== null) {
    return (
      <a href={own.href} download={own.name} title={own.name}>
        {children}
        <Download size={14} aria-hidden className="md-inline-icon md-behind" />
      </a>
    );
  }
  const href = safeAddress(address);
  if (href === null) return <>{children}</>;
  return (
    <a href={href} title={plain(href)} target="_blank" rel="noopener noreferrer nofollow">
      {children}
      {!saysWhere(text, href) && <span className="md-where">{` ${plain(destination(href))}`}</span>}
      <span className="sr-only"> {words.newTab}</span>
    </a>
  );
}

/** Pictures are never loaded from where an answer says: that alone would tell somebody that it was read, and what is in the address. */
export function Picture({ address, alt }: { address: string; alt: string }) {
  const words = useWords().message;
  const text = plain(unmarked(alt)).trim();
  return (
    <span className="md-picture">
      <Outward address={address} text="">
        <ImageOff size={15} aria-hidden className="md-inline-icon" />
        {text === "" ? words.picture : text}
      </Outward>
    </span>
  );
}
