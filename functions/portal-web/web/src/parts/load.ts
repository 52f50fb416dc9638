// Reading from the API: once, page by page, and again and again.

import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { asFailure, type Failure } from "../api/failure";

export type Loaded<T> =
  | { state: "loading" }
  | { state: "failed"; failure: Failure }
  | { state: "ready"; data: T };

/**
 * Loads when the page opens and when `keys` change; what comes for an earlier page is dropped. When it is loaded
 * again for the same page, what is there stays until the new comes.
 */
export function useLoad<T>(
  load: () => Promise<T>,
  keys: readonly unknown[],
): [Loaded<T>, () => void] {
  const [loaded, set] = useState<Loaded<T>>({ state: "loading" });
  const [turn, setTurn] = useState(0);
  const key = JSON.stringify(keys.map((key) => (typeof key === "object" ? "" : key)));
  const shown = useRef("");
  // the keys say when to load again
  useEffect(() => {
    let current = true;
    const same = shown.current === key;
    shown.current = key;
    set((now) => (same && now.state === "ready" ? now : { state: "loading" }));
    load().then(
      (data) => current && set({ state: "ready", data }),
      (error) => {
        if (!current) return;
        // A reload that fails takes away nothing that is shown, and nothing that is being written in it.
        set((now) =>
          same && now.state === "ready" ? now : { state: "failed", failure: asFailure(error) },
        );
      },
    );
    return () => {
      current = false;
    };
  }, [...keys, turn]);
  const again = useCallback(() => setTurn((turn) => turn + 1), []);
  return [loaded, again];
}

/** Two that are shown together. */
export function both<A, B>(a: Loaded<A>, b: Loaded<B>): Loaded<[A, B]> {
  if (a.state === "failed") return a;
  if (b.state === "failed") return b;
  if (a.state === "loading" || b.state === "loading") return { state: "loading" };
  return { state: "ready", data: [a.data, b.data] };
}

export interface Page<T> {
  items: T[];
  next?: string | undefined;
}

export interface Pages<T> {
  items: T[];
  /** The first page is on its way, or another one. */
  loading: boolean;
  failure: Failure | undefined;
  /** There are more. */
  goesOn: boolean;
  more: () => void;
}

/**
 * A list, page after page. After a failure `more` tries the same page again. Other `keys` make another list; with
 * another `version` what is there is read anew and stays in its place meanwhile.
 */
export function usePages<T>(
  load: (cursor: string | undefined) => Promise<Page<T>>,
  keys: readonly unknown[],
  version?: unknown,
): Pages<T> {
  const [items, setItems] = useState<T[]>([]);
  const [loading, setLoading] = useState(true);
  const [failure, setFailure] = useState<Failure>();
  const [goesOn, setGoesOn] = useState(false);
  const place = useRef<{ cursor: string | undefined; list: number }>({
    cursor: undefined,
    list: 0,
  });
  const fetchPage = useCallback(async (list: number) => {
    setLoading(true);
    setFailure(undefined);
    try {
      // A page may be empty and the list go on.
      for (let empty = 0; empty < 50; empty += 1) {
        const page = await load(place.current.cursor);
        if (place.current.list !== list) return;
        place.current.cursor = page.next ?? undefined;
        setItems((items) => [...items, ...page.items]);
        setGoesOn(place.current.cursor !== undefined);
        if (page.items.length > 0 || place.current.cursor === undefined) break;
      }
    } catch (error) {
      if (place.current.list === list) setFailure(asFailure(error));
    } finally {
      if (place.current.list === list) setLoading(false);
    }
    // the keys say when the list is another
  }, keys);
  const shown = useRef({ fetchPage, version });
  const renew = async (enough: number) => {
    const list = place.current.list + 1;
    place.current = { ...place.current, list };
    try {
      const found: T[] = [];
      let cursor: string | undefined;
      do {
        const page = await load(cursor);
        if (place.current.list !== list) return;
        found.push(...page.items);
        cursor = page.next ?? undefined;
      } while (cursor !== undefined && found.length < enough);
      place.current.cursor = cursor;
      setItems(found);
      setGoesOn(cursor !== undefined);
      setFailure(undefined);
    } catch (error) {
      // One look that fails does not take away what is there.
      if (place.current.list === list && enough === 0) setFailure(asFailure(error));
    } finally {
      if (place.current.list === list) setLoading(false);
    }
  };
  useEffect(() => {
    // Another list is read as it is now; there is nothing to renew in it.
    shown.current = { fetchPage, version };
    place.current = { cursor: undefined, list: place.current.list + 1 };
    setItems([]);
    void fetchPage(place.current.list);
  }, [fetchPage]);
  useEffect(() => {
    if (shown.current.version === version) return;
    shown.current.version = version;
    void renew(items.length);
    // only another version renews it
  }, [version]);
  const more = useCallback(() => void fetchPage(place.current.list), [fetchPage]);
  return { items, loading, failure, goesOn, more };
}

/** Calls `again` every few seconds while the page is looked at and `live`. */
export function useTicks(live: boolean, seconds: number, again: () => void): void {
  useEffect(() => {
    if (!live) return;
    const timer = setInterval(() => document.hidden || again(), seconds * 1000);
    return () => clearInterval(timer);
  }, [live, seconds, again]);
}

/** What changes by itself: asked for with the tag that is known; what is there stays while it is asked for. */
export function useLive<T>(
  load: (tag: string | undefined) => Promise<{ data: T; tag: string | undefined } | undefined>,
  keys: readonly unknown[],
  seconds: (data: T) => number | undefined,
): [Loaded<T>, () => void] {
  const [loaded, set] = useState<Loaded<T>>({ state: "loading" });
  const tag = useRef<string>();
  const turn = useRef(0);
  const ask = useCallback((first: boolean) => {
    const mine = turn.current;
    if (first) {
      tag.current = undefined;
      set({ state: "loading" });
    }
    load(tag.current).then(
      (answer) => {
        if (answer === undefined || turn.current !== mine) return;
        tag.current = answer.tag;
        set({ state: "ready", data: answer.data });
      },
      (error) => {
        if (turn.current !== mine) return;
        // One look that fails in between does not take away what is there.
        set((now) =>
          now.state === "ready" ? now : { state: "failed", failure: asFailure(error) },
        );
      },
    );
    // the keys say what is loaded
  }, keys);
  useEffect(() => {
    turn.current += 1;
    ask(true);
    return () => {
      turn.current += 1;
    };
  }, [ask]);
  const pause = loaded.state === "ready" ? seconds(loaded.data) : undefined;
  const again = useCallback(() => ask(false), [ask]);
  useTicks(pause !== undefined, pause ?? 60, again);
  return [loaded, useCallback(() => ask(loaded.state !== "ready"), [ask, loaded.state])];
}
