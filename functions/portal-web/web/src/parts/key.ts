import { useRef } from "preact/hooks";

/** Keys for what is sent: the same again gets the same key, however often, and anything else another one. */
export class Keys {
  private sent: { what: string; key: string } | undefined;

  of(what: unknown): string {
    const said = JSON.stringify(what);
    if (this.sent?.what !== said) this.sent = { what: said, key: crypto.randomUUID() };
    return this.sent.key;
  }

  /** What comes next is asked for anew, even if it is the same. */
  forget(): void {
    this.sent = undefined;
  }
}

/** The keys of a form, for as long as it is open. */
export function useKeys(): Keys {
  const keys = useRef<Keys>();
  keys.current ??= new Keys();
  return keys.current;
}
