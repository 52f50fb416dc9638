/** Ids are long, and their ends tell them apart. */
export const short = (id: string): string => `${id.slice(0, 4)}…${id.slice(-6)}`;
