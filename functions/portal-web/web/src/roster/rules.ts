// What an address and a section are: the rules of the API, so that a list that passes here passes there.

/** An address that mail can be sent to: ASCII, with a dot in its domain. */
export function isAddress(text: string): boolean {
  const address = text.trim();
  const at = address.lastIndexOf("@");
  const [local, host] = [address.slice(0, at), address.slice(at + 1)];
  if (at < 1 || address.length > 254 || local.length > 64 || !host.includes(".")) return false;
  if (!/^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/.test(local)) {
    return false;
  }
  return host
    .split(".")
    .every((label) => label.length <= 63 && /^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$/.test(label));
}

/** What a spreadsheet would take for a formula. */
export const isFormula = (text: string): boolean => /^[=+\-@]/.test(text.trim());

/**
 * A CPR number as it stands in lists: `DDMMYY-SSSS`, with or without something between. Day + 60 is a replacement
 * number. The API knows more ways to write one; this is for telling the contact before anything is sent.
 */
export function holdsCpr(text: string): boolean {
  for (const [, day, month] of text.matchAll(
    /(?<!\d)(\d\d)[ ./-]?(\d\d)[ ./-]?\d\d[ -]?\d{4}(?!\d)/g,
  )) {
    const [d, m] = [Number(day) % 60, Number(month)];
    if (d >= 1 && d <= 31 && m >= 1 && m <= 12) return true;
  }
  return false;
}

/** The same text to the API: without regard to case and surrounding space. */
export const same = (text: string): string => text.trim().toLowerCase();
