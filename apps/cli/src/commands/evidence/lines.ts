// Labels with values that may be longer than a line. Pure.

const width = 80
const indent = 2

/** `  label  value` lines of at most 80 columns where that can be; long hex is broken in even parts, zeros are counted. */
export function labelled(pairs: readonly (readonly [string, string | number])[]): string[] {
  const label = Math.max(0, ...pairs.map(([name]) => name.length))
  const room = Math.max(24, width - indent - label - 2)
  return pairs.flatMap(([name, value]) => {
    const parts = breakText(String(value), room)
    return parts.map((part, index) =>
      `${' '.repeat(indent)}${(index === 0 ? name : '').padEnd(label)}  ${part}`.trimEnd(),
    )
  })
}

/** Text in lines of at most `room` characters: hex by 16 digits, words at spaces. */
export function breakText(text: string, room: number): string[] {
  if (/^0{64,}$/.test(text)) return [`zero, ${text.length / 2} bytes`]
  if (text.length <= room) return [text]
  if (/^[0-9a-f]+$/.test(text)) {
    const most = room - (room % 16)
    const lines = Math.ceil(text.length / most)
    const each = Math.ceil(text.length / lines / 16) * 16
    return text.match(new RegExp(`.{1,${each}}`, 'g')) ?? [text]
  }
  const lines: string[] = []
  let rest = text
  while (rest.length > room) {
    const space = rest.lastIndexOf(' ', room)
    const end = space > 0 ? space : room
    lines.push(rest.slice(0, end))
    rest = rest.slice(end).trimStart()
  }
  return [...lines, rest]
}
