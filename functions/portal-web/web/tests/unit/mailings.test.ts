import { describe, expect, test } from "vitest";
import type { Cohort } from "../../src/api/types";
import { Words } from "../../src/i18n/words";
import { audienceWords, draftOf, requestOf } from "../../src/mailings/draft";
import { type Part, parse } from "../../src/mailings/html";
import { preview } from "../journey/sample";

const parts = (all: readonly (Part | string)[]): Part[] =>
  all.flatMap((one) => (typeof one === "string" ? [] : [one, ...parts(one.children)]));
const words = (all: readonly (Part | string)[]): string =>
  all.map((one) => (typeof one === "string" ? one : words(one.children))).join("");

describe("m3_preview", () => {
  test("keeps what a mail is made of, and its looks", () => {
    const read = parse(preview.html);
    const all = parts(read);
    expect(all.find((part) => part.tag === "h3")?.attributes.style).toContain("font-size:26px");
    expect(all.find((part) => part.tag === "a")?.attributes.href).toBe("https://example.edu/intro");
    expect(all.find((part) => part.attributes.lang === "en")?.tag).toBe("div");
    expect(words(read)).toContain("Vi mødes mandag kl. 10.");
    expect(words(read)).not.toContain("color: red");
    expect(words(read).match(/Introuge/g)).toHaveLength(1);
  });

  test("keeps nothing that could do anything", () => {
    const read =
      parse(`<body onload="alert(1)"><script>alert(2)</script><img src="x" onerror="alert(3)">
      <p onclick="alert(4)" style="background:url(https://a.example/x)" class="c" id="i">a &#60;b&#62; &amp;#60;</p>
      <a href="javascript:alert(5)">l</a><a href=" javascript:alert(6)">m</a><iframe srcdoc="<p>7</p>">8</iframe>
      <form action="/x"><input name="y"></form><svg><a href="https://a.example">9</a></svg>
      <constructor>c</constructor><style>p { color: red }</style><br><unclosed <p>d`);
    const all = parts(read);
    const tags = new Set(all.map((part) => part.tag));
    expect([...tags].sort()).toEqual(["a", "br", "div", "p"]);
    for (const part of all) expect(Object.keys(part.attributes), part.tag).toEqual([]);
    const said = words(read);
    expect(said).toContain("a <b> &#60;");
    for (const left of ["alert(2)", "7", "8", "9", "color"]) expect(said).not.toContain(left);
  });

  test("closes what is open, and nothing twice", () => {
    const [list] = parse("<ul><li>a<li>b</ul></ul></p>");
    expect(list).toMatchObject({ tag: "ul" });
    expect(words(parse("<p>a<br>b<wbr>c</p>d"))).toBe("abcd");
  });
});

describe("m2_draft", () => {
  const cohort = {
    language: "da",
    responses: { students: 5, sections: [{ section: "hold-1", students: 5 }] },
  } as Cohort;

  test("leaves out the language in which nothing is written, but never the cohort's", () => {
    const draft = draftOf(undefined, cohort);
    const empty = { subject: "", body: "" };
    expect(requestOf(draft, cohort)).toEqual({ audience: { to: "cohort" }, texts: { da: empty } });
    const written = { ...draft, en: { subject: "Hi", body: " " } };
    expect(requestOf(written, cohort).texts).toEqual({ da: empty, en: written.en });
  });

  test("names its recipients as the API does and in words", () => {
    const draft = { ...draftOf(undefined, cohort), group: "3" };
    const group = requestOf({ ...draft, to: "group" }, cohort).audience;
    expect(group).toEqual({ to: "group", section: "hold-1", group: 3 });
    expect(audienceWords(new Words("en"), group)).toBe("Group 3, section hold-1");
    const section = requestOf({ ...draft, to: "section" }, cohort).audience;
    expect(section).toEqual({ to: "section", section: "hold-1" });
    expect(audienceWords(new Words("da"), section)).toBe("Hold hold-1");
  });
});
