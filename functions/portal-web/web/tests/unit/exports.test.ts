import { describe, expect, test } from "vitest";
import { manifestFirst } from "../../src/exports/export";
import { Words } from "../../src/i18n/words";
import { files } from "../journey/sample-duties";

describe("d6_exports", () => {
  test("show first what says what the other files are", () => {
    const names = manifestFirst(files).map(({ name }) => name.slice(0, 8));
    expect(names).toEqual(["manifest", "audit-00", "coh_0197"]);
  });

  test("say how long files are in the unit that is read most easily", () => {
    const [danish, english] = [new Words("da"), new Words("en")];
    expect(english.bytes(0)).toBe("0 byte");
    expect(english.bytes(999)).toBe("999 byte");
    expect(english.bytes(1000)).toBe("1 kB");
    expect(danish.bytes(1_932_400)).toBe("1,9 MB");
    expect(english.bytes(5_100_000_000_000)).toBe("5,100 GB");
  });
});
