const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text for HTML and XML, in elements and attributes. Control characters, which XML cannot hold, become `?`. */
export function escapeMarkup(text: string): string {
  return text.replaceAll(/(?![\n\t])\p{Cc}/gu, '?').replaceAll(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign);
}
