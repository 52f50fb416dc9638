// Answers over time: a line per section, the same as a table for who cannot see it.

import type { RefObject } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Roster, Timeline } from "../api/types";
import { useWords } from "../i18n/words";
import { Table } from "../parts/parts";
import { SectionChoice } from "../parts/section";
import { type Line, seriesOf } from "./series";

/** More lines than this cannot be told apart. */
const MOST_LINES = 5;
/** The width until the page is measured. */
const WIDTH = 640;
const HEIGHT = 240;
const EDGE = { left: 52, right: 12, top: 12, bottom: 34 };

export function Chart({
  timeline,
  roster,
  until,
}: {
  timeline: Timeline;
  roster: Roster;
  /** The last day, unless answers came later. */
  until: string;
}) {
  const words = useWords();
  const { t } = words;
  const [section, setSection] = useState("");
  const { days, lines } = seriesOf(timeline, roster, until);
  if (days.length === 0) return <p>{t("cohort_no_answers")}</p>;
  const [whole, ...sections] = lines;
  const chosen = lines.filter((line) => line.section === section);
  const few = sections.length > 1 && sections.length < MOST_LINES ? lines : [whole ?? lines[0]];
  const shown = (section === "" ? few : chosen).filter((line) => line !== undefined);
  const rated = shown.every((line) => line.rates !== undefined);
  const name = (line: Line) => line.section || t("roster_whole");
  const value = (line: Line, day: number) =>
    rated ? words.percent(line.rates?.[day] ?? 0) : words.number(line.students[day] ?? 0);
  const title = t(rated ? "roster_chart_rates" : "roster_chart_counts");
  return (
    <>
      {sections.length > 1 && (
        <div class="filters">
          <SectionChoice
            sections={sections.map((one) => one.section)}
            chosen={section}
            choose={setSection}
          />
        </div>
      )}
      <figure class="chart">
        <figcaption>{title}</figcaption>
        <Lines days={days} lines={shown} rated={rated} />
        <ul class="legend">
          {shown.map((line, place) => (
            <li key={line.section}>
              <svg viewBox="0 0 24 8" aria-hidden="true">
                <path class={`line line-${place}`} d="M0 4H24" />
              </svg>
              {name(line)}: {value(line, days.length - 1)}
            </li>
          ))}
        </ul>
      </figure>
      <details>
        <summary>{t("roster_as_table")}</summary>
        <Table
          caption={title}
          columns={[t("roster_day"), ...shown.map(name)]}
          rows={days
            .map((day, place) => ({
              key: day,
              cells: [words.day(day), ...shown.map((line) => value(line, place))],
            }))
            .reverse()}
        />
      </details>
    </>
  );
}

/** How wide an element is. What is drawn in its own width is not scaled, and its words stay as large as others. */
function useWidth(of: RefObject<SVGSVGElement>): number {
  const [width, set] = useState(WIDTH);
  useLayoutEffect(() => {
    const drawn = of.current;
    if (drawn === null) return;
    const measure = () => set(drawn.getBoundingClientRect().width || WIDTH);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(drawn);
    return () => observer.disconnect();
  }, [of]);
  return width;
}

/** The lines themselves; what they say stands in the legend and in the table. */
function Lines({
  days,
  lines,
  rated,
}: {
  days: readonly string[];
  lines: readonly Line[];
  rated: boolean;
}) {
  const words = useWords();
  const drawing = useRef<SVGSVGElement>(null);
  const width = useWidth(drawing);
  const values = lines.map((line) => (rated ? (line.rates ?? []) : line.students));
  const most = rated ? 1 : Math.max(1, ...values.flat());
  const x = (day: number) =>
    EDGE.left +
    ((width - EDGE.left - EDGE.right) * (days.length === 1 ? 1 : day)) /
      Math.max(1, days.length - 1);
  const y = (value: number) =>
    HEIGHT - EDGE.bottom - ((HEIGHT - EDGE.top - EDGE.bottom) * value) / most;
  const path = (line: readonly number[]) => {
    // One day alone is a line, too: from nothing to what came.
    const start = days.length === 1 ? `M${EDGE.left} ${y(0)}` : "";
    const points = line.map((value, day) => `${x(day).toFixed(1)} ${y(value).toFixed(1)}`);
    return start === "" ? `M${points.join("L")}` : `${start}L${points.join("L")}`;
  };
  const marks = [0, 0.5, 1].map((part) => part * most);
  const label = (value: number) => (rated ? words.percent(value) : words.number(Math.round(value)));
  const last = days.length - 1;
  return (
    <svg ref={drawing} class="lines" viewBox={`0 0 ${width} ${HEIGHT}`} aria-hidden="true">
      {marks.map((value) => (
        <g key={value}>
          <path class="grid" d={`M${EDGE.left} ${y(value)}H${width - EDGE.right}`} />
          <text x={EDGE.left - 6} y={y(value) + 4} text-anchor="end">
            {label(value)}
          </text>
        </g>
      ))}
      <text x={EDGE.left} y={HEIGHT - 10}>
        {words.shortDay(days[0] ?? "")}
      </text>
      {last > 0 && (
        <text x={width - EDGE.right} y={HEIGHT - 10} text-anchor="end">
          {words.shortDay(days[last] ?? "")}
        </text>
      )}
      {values.map((line, place) => (
        <path key={lines[place]?.section} class={`line line-${place}`} d={path(line)} />
      ))}
    </svg>
  );
}
