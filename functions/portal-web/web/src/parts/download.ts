// Files that need a token to be fetched are fetched here and handed to the browser as a download.

import type { Api } from "../api/client";
import { failureOf } from "../api/failure";

export async function downloadCertificate(
  api: Api,
  erasure: string,
  format: "json" | "pdf",
  language: "da" | "en",
): Promise<void> {
  const path = { erasure };
  const { data, error, response } =
    format === "pdf"
      ? await api.GET("/api/erasures/{erasure}/certificate.pdf", {
          params: { path, query: { language } },
          parseAs: "blob",
        })
      : await api.GET("/api/erasures/{erasure}/certificate", { params: { path }, parseAs: "blob" });
  if (data === undefined) throw failureOf(response, error);
  save(data, `${erasure}.${format}`);
}

export function save(file: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
