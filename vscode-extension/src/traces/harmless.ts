// Text of a trace, made safe to look at: what would turn the direction of a line, hide in it, or speak to a terminal is
// spelled out. Joiners that hold an emoji together stay.

const HARMFUL =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2064\u2066-\u2069\ufeff\u{e0000}-\u{e007f}\ud800-\udfff]/gu;
const BREAKS = /\s*[\r\n\t]\s*/g;

/** A text that keeps its line breaks and tabs; every other control character is spelled out, an escape as `\e`. */
export function harmless(text: string): string {
  return text.replace(/\r\n/g, '\n').replace(HARMFUL, spelled);
}

/** A text on one line, at most `most` characters of it. */
export function oneLine(text: string, most = 200): string {
  const head = text
    .slice(0, most * 2)
    .trim()
    .replace(BREAKS, ' ');
  const line = harmless(head);
  return line.length > most || text.length > most * 2 ? `${[...line.slice(0, most)].slice(0, -1).join('')}…` : line;
}

function spelled(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code === 0x1b) return '\\e';
  if (code === 0x0d) return '\\r';
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`;
}
