// The small parts that pages are made of.

import { type ComponentChildren, Fragment } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { asFailure, type Failure } from "../api/failure";
import { useWords } from "../i18n/words";
import { BASE } from "../session/session";
import type { Loaded, Pages } from "./load";

/** The page's heading: it takes the focus when the page opens, so that a screen reader says where one is. */
export function Heading({ children, title }: { children?: ComponentChildren; title: string }) {
  const { t } = useWords();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} – ${t("product")}`;
  }, [title, t]);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return (
    <header class="heading">
      <h1 ref={heading} tabIndex={-1}>
        {title}
      </h1>
      {children}
    </header>
  );
}

export function Link({
  to,
  children,
  ...rest
}: {
  to: string;
  children: ComponentChildren;
  class?: string;
}) {
  return (
    <a href={`${BASE}${to}`} {...rest}>
      {children}
    </a>
  );
}

export function Back({ to, place }: { to: string; place: string }) {
  const { t } = useWords();
  return (
    <p class="back">
      <Link to={to}>
        <span aria-hidden="true">← </span>
        {t("back_to", { place })}
      </Link>
    </p>
  );
}

export function Wait() {
  const { t } = useWords();
  return (
    <p class="wait" role="status">
      {t("loading")}
    </p>
  );
}

/** What went wrong, what to do about it, and what to quote. */
export function Wrong({
  failure,
  again,
  titled = false,
}: {
  failure: Failure;
  again?: () => void;
  /** A heading above it says already that something went wrong. */
  titled?: boolean;
}) {
  const words = useWords();
  const { t } = words;
  const errors = failure.problem?.errors ?? [];
  return (
    <div class="notice wrong" role="alert">
      {!titled && (
        <p>
          <strong>{t("problem_title")}</strong>
        </p>
      )}
      <p>{words.failure(failure)}</p>
      {errors.length > 0 && (
        <ul>
          {errors.map((error) => (
            <li key={`${error.name} ${error.problem}`}>{words.fault(error)}</li>
          ))}
        </ul>
      )}
      {failure.request !== undefined && <p class="quiet">{t("quote", { id: failure.request })}</p>}
      {again !== undefined && (
        <button type="button" onClick={again}>
          {t("retry")}
        </button>
      )}
    </div>
  );
}

/** What a page shows once it is loaded; before, that it is on its way; or else what went wrong. */
export function Ready<T>({
  of,
  again,
  heads = false,
  children,
}: {
  of: Loaded<T>;
  again: () => void;
  /** The page's heading is in it, so what went wrong needs one of its own. */
  heads?: boolean;
  children: (data: T) => ComponentChildren;
}) {
  if (of.state === "loading") return <Wait />;
  if (of.state === "failed") return <Failed failure={of.failure} again={again} heads={heads} />;
  return <>{children(of.data)}</>;
}

function Failed({
  failure,
  again,
  heads,
}: {
  failure: Failure;
  again: () => void;
  heads: boolean;
}) {
  const { t } = useWords();
  return (
    <>
      {heads && <Heading title={t("problem_title")} />}
      <Wrong failure={failure} again={again} titled={heads} />
    </>
  );
}

/** The end of a list: more of it, or what went wrong. */
export function Pager<T>({ pages }: { pages: Pages<T> }) {
  const { t } = useWords();
  if (pages.failure !== undefined) return <Wrong failure={pages.failure} again={pages.more} />;
  if (pages.loading) return <Wait />;
  if (!pages.goesOn) return null;
  return (
    <p>
      <button type="button" onClick={pages.more}>
        {t("more")}
      </button>
    </p>
  );
}

/** A mail address. Where it has no room in one line it breaks at its sign first. */
export function Email({ of }: { of: string }) {
  const parts = of.split(/(?=@)/);
  return (
    <span class="address email">
      {parts.map((part, place) => (
        <Fragment key={`${place} ${part}`}>
          {place > 0 && <wbr />}
          {part}
        </Fragment>
      ))}
    </span>
  );
}

export type Tone = "plain" | "good" | "busy" | "bad";

export function Badge({ tone, children }: { tone: Tone; children: ComponentChildren }) {
  return <span class={`badge ${tone}`}>{children}</span>;
}

export function Facts({ children }: { children: ComponentChildren }) {
  return <dl class="facts">{children}</dl>;
}

export function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** A table that becomes a list of cards where it is narrow; each cell then says what it is. */
export function Table({
  caption,
  columns,
  rows,
}: {
  caption: string;
  columns: string[];
  rows: { key: string; cells: ComponentChildren[] }[];
}) {
  return (
    <table>
      <caption class="hidden">{caption}</caption>
      <thead>
        <tr>
          {columns.map((column) => (
            <th scope="col" key={column}>
              {column}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ key, cells }) => (
          <tr key={key}>
            {cells.map((cell, index) =>
              index === 0 ? (
                <th scope="row" key={columns[index]}>
                  {cell}
                </th>
              ) : (
                <td key={columns[index]}>
                  <span class="label" aria-hidden="true">
                    {columns[index]}
                  </span>
                  <span>{cell}</span>
                </td>
              ),
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Bars with their numbers beside them; read aloud it is a list of names and numbers. */
export function Bars({ bars, label }: { bars: { name: string; value: number }[]; label: string }) {
  const words = useWords();
  const most = Math.max(1, ...bars.map((bar) => bar.value));
  return (
    <ul class="bars" aria-label={label}>
      {bars.map((bar) => (
        <li key={bar.name}>
          <span class="name">{bar.name}</span>
          <Bar part={bar.value / most} />
          <span class="value">{words.number(bar.value)}</span>
        </li>
      ))}
    </ul>
  );
}

/** A bar that is `part` of its full length. */
export function Bar({ part }: { part: number }) {
  return (
    <svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
      <rect class="ground" width="100" height="8" />
      <rect class="filled" width={Math.max(0, Math.min(100, part * 100))} height="8" />
    </svg>
  );
}

/**
 * Asks before something is done. The dialog stays open with what went wrong, and with what was entered, until it
 * worked or was cancelled.
 */
export function Confirm({
  title,
  action,
  danger = false,
  act,
  done,
  cancel,
  children,
}: {
  title: string;
  action: string;
  danger?: boolean;
  act: () => Promise<void>;
  done: () => void;
  cancel: () => void;
  children: ComponentChildren;
}) {
  const { t } = useWords();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const submit = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setFailure(undefined);
    try {
      await act();
      done();
    } catch (error) {
      setFailure(asFailure(error));
    } finally {
      setBusy(false);
    }
  };
  // What is under way cannot be called back, so nothing may look as if it could.
  return (
    <Dialog title={title} cancel={busy ? undefined : cancel}>
      <form onSubmit={submit}>
        {children}
        {failure !== undefined && <Wrong failure={failure} />}
        <div class="quiet" role="status">
          {busy && t("under_way")}
        </div>
        <div class="actions">
          <button type="button" disabled={busy} onClick={cancel}>
            {t("cancel")}
          </button>
          <button type="submit" class={danger ? "main danger" : "main"} disabled={busy}>
            {action}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

export function Dialog({
  title,
  cancel,
  children,
}: {
  title: string;
  /** Without it the dialog stays until it is taken away. */
  cancel?: (() => void) | undefined;
  children: ComponentChildren;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const goes = useRef(false);
  const name = useId();
  useEffect(() => {
    const shown = dialog.current;
    goes.current = false;
    shown?.showModal();
    return () => {
      goes.current = true;
      // Closing hands the focus back to where it was.
      shown?.close();
    };
  }, []);
  const onCancel = (event: Event) => {
    event.preventDefault();
    cancel?.();
  };
  // A browser closes a dialog that Esc is pressed in twice, whatever is said to the first.
  const onClose = () => {
    if (goes.current) return;
    if (cancel === undefined) dialog.current?.showModal();
    else cancel();
  };
  return (
    <dialog ref={dialog} aria-labelledby={name} onCancel={onCancel} onClose={onClose}>
      <h2 id={name}>{title}</h2>
      {children}
    </dialog>
  );
}

/** A field with its label, and a hint if there is one. */
export function Field({
  label,
  hint,
  children,
}: {
  label: string;
  hint?: string;
  children: (attributes: { id: string; "aria-describedby"?: string }) => ComponentChildren;
}) {
  const id = useId();
  const described = hint === undefined ? {} : { "aria-describedby": `${id}-hint` };
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children({ id, ...described })}
      {hint !== undefined && (
        <p class="quiet" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}

/** Says that something worked, to everybody. It takes the focus if what had it has gone. */
export function Done({
  text,
  of,
}: {
  text: string | undefined;
  /** What is shown beside it, where a step may take away the button that it was begun with. */
  of?: unknown;
}) {
  const notice = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const lost = document.activeElement === null || document.activeElement === document.body;
    if (text !== undefined && of !== undefined && lost) notice.current?.focus();
    // looked at when something worked and when what is shown of it is another
  }, [text, of]);
  return (
    <div ref={notice} tabIndex={-1} role="status" class={text === undefined ? "" : "notice done"}>
      {text}
    </div>
  );
}
