import { useEffect, useRef } from "preact/hooks";
import { build, parse } from "./html";

/** A mail as its reader sees it, apart from the portal's own look. */
export function Letter({ html, label }: { html: string; label: string }) {
  const place = useRef<HTMLElement>(null);
  useEffect(() => {
    const host = place.current;
    if (host === null) return;
    const inside = host.shadowRoot ?? host.attachShadow({ mode: "open" });
    inside.replaceChildren(...build(parse(html)));
  }, [html]);
  return <section ref={place} class="letter" aria-label={label} />;
}
