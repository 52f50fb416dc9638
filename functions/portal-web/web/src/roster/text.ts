// Bytes of a file as text. Spreadsheets write UTF-8 with or without a mark, UTF-16, and on Danish Windows machines
// Windows-1252; nothing in a file says which, so what cannot be one is the other.

export type Encoding = "utf-8" | "utf-16le" | "utf-16be" | "windows-1252";

export function decoded(bytes: Uint8Array): { text: string; encoding: Encoding } {
  const encoding = encodingOf(bytes);
  // A byte order mark is dropped by the decoder.
  return { text: new TextDecoder(encoding).decode(bytes), encoding };
}

function encodingOf(bytes: Uint8Array): Encoding {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return "utf-16le";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  const zeros = zerosIn(bytes.subarray(0, 2000));
  // Latin letters in UTF-16 have every other byte zero; text in any other encoding has none.
  if (zeros.odd > zeros.even) return "utf-16le";
  if (zeros.even > zeros.odd) return "utf-16be";
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return "utf-8";
  } catch {
    return "windows-1252";
  }
}

/**
 * Whether Danish letters were read in another encoding than they were written in: UTF-8 as Windows-1252 makes two of
 * each, old Macs' and DOS's letters become signs that no name has, and what no decoder knew is a black diamond.
 */
export function isBroken(text: string): boolean {
  return /Ã[¦¸¥†˜…]|[\u0080-\u009f\ufffd¾¿Œ®¯†›]/.test(text);
}

function zerosIn(bytes: Uint8Array): { even: number; odd: number } {
  const zeros = { even: 0, odd: 0 };
  bytes.forEach((byte, place) => {
    if (byte === 0) zeros[place % 2 === 0 ? "even" : "odd"] += 1;
  });
  return zeros;
}
