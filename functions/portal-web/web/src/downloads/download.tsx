// A list as a file: read whole, made in the browser and handed over there. Nothing of it is kept in the page.

import { useEffect, useRef, useState } from "preact/hooks";
import { asFailure, type Failure } from "../api/failure";
import { useWords } from "../i18n/words";
import { useSigned } from "../parts/context";
import { save } from "../parts/download";
import { Wrong } from "../parts/parts";
import type { Contents } from "./contents";
import { FORMATS, type Format, fileOf, nameOf, type What } from "./file";
import type { Reading } from "./lists";

export type Lists = typeof import("./lists");

type State =
  | { step: "idle" | "stopped" }
  | { step: "reading"; read: number }
  | { step: "done"; file: string; rows: number }
  | { step: "failed"; format: Format; failure: Failure };

const NAMES: Record<Format, string> = { csv: "CSV", xlsx: "Excel (XLSX)", json: "JSON" };

export function Download({
  what,
  of,
  read,
}: {
  what: What;
  /** The cohort's name, which the file's begins with. */
  of: string;
  read: (lists: Lists, reading: Reading) => Promise<Contents>;
}) {
  const words = useWords();
  const { t } = words;
  const { api } = useSigned();
  const [state, set] = useState<State>({ step: "idle" });
  const running = useRef<AbortController>();
  const choices = useRef<HTMLDivElement>(null);
  const stopper = useRef<HTMLButtonElement>(null);
  const chosen = useRef<Format>();
  // Whoever leaves the page wants no file of it.
  useEffect(() => () => running.current?.abort(), []);
  // The button that was pressed goes, and another stands where it was.
  const reading = state.step === "reading";
  useEffect(() => {
    if (reading) stopper.current?.focus();
    else if (document.activeElement === document.body) {
      choices.current?.querySelector<HTMLElement>(`[data-format="${chosen.current}"]`)?.focus();
    }
  }, [reading]);

  const make = async (format: Format) => {
    const controller = new AbortController();
    running.current = controller;
    chosen.current = format;
    const { signal } = controller;
    let count = 0;
    const told = (more: number) => {
      count += more;
      if (!signal.aborted) set({ step: "reading", read: count });
    };
    told(0);
    try {
      const contents = await read(await import("./lists"), { api, words, signal, told });
      const file = await fileOf(contents, format, what, words);
      if (signal.aborted) return;
      const name = nameOf(of, format, what, words);
      save(file, name);
      set({ step: "done", file: name, rows: contents.rows.length });
    } catch (error) {
      if (!signal.aborted) set({ step: "failed", format, failure: asFailure(error) });
    }
  };
  const stop = () => {
    running.current?.abort();
    set({ step: "stopped" });
  };
  return (
    <details class="download">
      <summary>{t(`download_open_${what}`)}</summary>
      <p class="quiet">{t(`download_holds_${what}`)}</p>
      <p class="quiet">{t("download_formats")}</p>
      <p>{t("download_yours")}</p>
      {reading ? (
        <button ref={stopper} type="button" onClick={stop}>
          {t("download_stop")}
        </button>
      ) : (
        // biome-ignore lint/a11y/useSemanticElements: a fieldset is for what is filled in
        <div ref={choices} class="buttons" role="group" aria-label={t(`download_open_${what}`)}>
          {FORMATS.map((format) => (
            <button key={format} type="button" data-format={format} onClick={() => make(format)}>
              {NAMES[format]}
            </button>
          ))}
        </div>
      )}
      <p class="quiet" role="status">
        {state.step === "reading" && t("download_reading", { n: words.number(state.read) })}
        {state.step === "stopped" && t("download_stopped")}
        {state.step === "done" &&
          t("download_done", { file: state.file, n: words.number(state.rows) })}
      </p>
      {state.step === "failed" && (
        <Wrong failure={state.failure} again={() => make(state.format)} />
      )}
    </details>
  );
}
