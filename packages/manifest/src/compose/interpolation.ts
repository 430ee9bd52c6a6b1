// Compose interpolation with an empty environment: only defaults can stand in, so the file alone
// says what runs. Pure.

type Refuse = (code: string, message: string) => void

const maxDepth = 8
const namePattern = /^[A-Za-z_][A-Za-z0-9_]*/

/** Replaces `$$` by `$` and `${VAR:-default}` by the default; refuses variables that have none. */
export function interpolate(text: string, refuse: Refuse): string {
  return text.includes('$') ? expand(text, refuse, 0) : text
}

function expand(text: string, refuse: Refuse, depth: number): string {
  let result = ''
  let position = 0
  while (position < text.length) {
    const dollar = text.indexOf('$', position)
    if (dollar < 0) return result + text.slice(position)
    result += text.slice(position, dollar)
    const next = text[dollar + 1]
    if (next === '$') {
      result += '$'
      position = dollar + 2
    } else if (next === '{') {
      const end = closingBrace(text, dollar + 2)
      if (end === undefined) {
        refuse('interpolation.invalid', 'expected } after ${: write $$ for a dollar sign')
        return result
      }
      result += variable(text.slice(dollar + 2, end), refuse, depth)
      position = end + 1
    } else {
      const name = namePattern.exec(text.slice(dollar + 1, dollar + 256))?.[0]
      if (name === undefined) refuse('interpolation.invalid', 'write $$ for a dollar sign')
      else unresolved(name, refuse)
      position = dollar + 1 + (name?.length ?? 0)
    }
  }
  return result
}

function closingBrace(text: string, from: number): number | undefined {
  let open = 1
  for (let i = from; i < text.length; i++) {
    if (text[i] === '$' && text[i + 1] === '{') open++
    if (text[i] === '}' && --open === 0) return i
  }
  return undefined
}

function variable(body: string, refuse: Refuse, depth: number): string {
  const name = namePattern.exec(body)?.[0]
  const operation = name === undefined ? null : /^(:?[-+?])([^]*)$/.exec(body.slice(name.length))
  if (name === undefined || (operation === null && name !== body)) {
    refuse('interpolation.invalid', `\${${body.slice(0, 40)}} is no variable`)
    return ''
  }
  const operator = operation?.[1] ?? ''
  if (operator.endsWith('+')) return ''
  if (operator.endsWith('-') && depth < maxDepth)
    return expand(operation?.[2] ?? '', refuse, depth + 1)
  unresolved(name, refuse)
  return ''
}

function unresolved(name: string, refuse: Refuse): void {
  refuse(
    'interpolation.unresolved',
    `the variable ${name} has no value here: write the value, or \${${name}:-default}`,
  )
}
