/** What stands in each element of the name, as it is written. S3's documents have no attributes, comments or sections. */
export function elementsOf(xml: string, name: string): readonly string[] {
  return [...xml.matchAll(new RegExp(`<${name}>([\\s\\S]*?)</${name}>`, 'g'))].map(([, content = '']) => content);
}

/** The text of the first element of the name. */
export function textOf(xml: string, name: string): string | undefined {
  const [content] = elementsOf(xml, name);
  return content === undefined ? undefined : unescaped(content);
}

function unescaped(text: string): string {
  return text.replace(/&(?:(lt|gt|quot|apos|amp)|#(\d+)|#x([\da-fA-F]+));/g, (_all, name, decimal, hexadecimal) =>
    name === undefined
      ? String.fromCodePoint(codePoint(decimal, hexadecimal))
      : entities[name as keyof typeof entities],
  );
}

function codePoint(decimal: string | undefined, hexadecimal: string | undefined): number {
  const code = decimal === undefined ? Number.parseInt(hexadecimal ?? '', 16) : Number(decimal);
  return code <= 0x10_ffff ? code : 0xff_fd;
}

const entities = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' } as const;
