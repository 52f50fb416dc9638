// A mail's page as a tree of harmless parts. The portal's policy lets no markup become a page, and needs none: what
// the API rendered is read here, of it only what mails are made of is kept, and it is built part by part.

export interface Part {
  tag: string;
  attributes: Record<string, string>;
  children: (Part | string)[];
}

/** What mails are made of, and what stands for it here: the portal's page has the first two levels of headings. */
const TAGS: Record<string, string> = {
  a: "a",
  bdi: "bdi",
  body: "div",
  br: "br",
  div: "div",
  h1: "h3",
  h2: "h4",
  li: "li",
  p: "p",
  strong: "strong",
  table: "table",
  tbody: "tbody",
  td: "td",
  tr: "tr",
  ul: "ul",
  wbr: "wbr",
};
const EMPTY = ["br", "wbr", "meta"];
/** What is left out with everything in it. */
const LEFT_OUT = ["head", "script", "style", "title", "template", "iframe", "object", "svg"];
const ATTRIBUTES = ["style", "lang", "role"];

const PIECES =
  /<!--[\s\S]*?-->|<!doctype[^>]*>|<(\/?)([a-z][a-z0-9]*)((?:\s+[a-z-]+(?:="[^"]*")?)*)\s*\/?>|[^<]+|</gi;

export function parse(html: string): (Part | string)[] {
  const root: Part = { tag: "div", attributes: {}, children: [] };
  const open: { name: string; part: Part }[] = [{ name: "", part: root }];
  let skipped = "";
  for (const [piece, slash, tag, attributes] of html.matchAll(PIECES)) {
    const name = tag?.toLowerCase();
    if (skipped !== "") {
      if (slash === "/" && name === skipped) skipped = "";
      continue;
    }
    const inner = open[open.length - 1]?.part ?? root;
    if (name === undefined) {
      if (!piece.startsWith("<!")) inner.children.push(text(piece));
    } else if (slash === "/") {
      const at = open.map((one) => one.name).lastIndexOf(name);
      if (at > 0) open.length = at;
    } else if (LEFT_OUT.includes(name)) {
      skipped = name;
    } else {
      const kept = Object.hasOwn(TAGS, name) ? TAGS[name] : undefined;
      if (kept === undefined) continue;
      const part: Part = { tag: kept, attributes: harmless(attributes ?? ""), children: [] };
      inner.children.push(part);
      if (!EMPTY.includes(name)) open.push({ name, part });
    }
  }
  return root.children;
}

function harmless(attributes: string): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [, given = "", value = ""] of attributes.matchAll(/([a-z-]+)="([^"]*)"/gi)) {
    const name = given.toLowerCase();
    const said = text(value);
    const leads = name === "href" && /^(https?:\/\/|mailto:)/i.test(said);
    if (leads || (ATTRIBUTES.includes(name) && !/url\(/i.test(said))) kept[name] = said;
  }
  return kept;
}

const NAMED: Record<string, string> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: "\u00a0",
};

function text(escaped: string): string {
  return escaped.replace(/&(?:#(\d+)|#x([0-9a-f]+)|([a-z]+));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return NAMED[name.toLowerCase()] ?? whole;
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

/** The parts as elements. Styles are set one by one, which the policy allows; links open elsewhere. */
export function build(parts: readonly (Part | string)[]): Node[] {
  return parts.map((part) => {
    if (typeof part === "string") return document.createTextNode(part);
    const element = document.createElement(part.tag);
    for (const [name, value] of Object.entries(part.attributes)) {
      if (name === "style") element.style.cssText = value;
      else element.setAttribute(name, value);
    }
    if (part.tag === "a") {
      element.setAttribute("target", "_blank");
      element.setAttribute("rel", "noopener noreferrer");
    }
    element.append(...build(part.children));
    return element;
  });
}
