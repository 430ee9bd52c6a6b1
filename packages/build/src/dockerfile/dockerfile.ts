// A Dockerfile as far as it decides what a build depends on: images by digest, stages, and nothing of the network or the host. Pure.
// https://docs.docker.com/reference/dockerfile/
import { parseImageReference } from '@wetee/manifest'
import { BuildError } from '../error.ts'

/** One instruction; `image` is one that is named by digest: in `FROM`, or in `--from` of `COPY`. */
type Instruction = {
  readonly name: string
  /** Without those that name a stage or an image, which `from` says. */
  readonly flags: readonly string[]
  readonly rest: string
  readonly from?: From
}

/** `stage` counts from 0. */
type From = { readonly image: string } | { readonly stage: number } | 'scratch'

/** What was read. */
export type Dockerfile = {
  readonly instructions: readonly Instruction[]
  /** Every image that is named, once, in the order of the file: `registry/repository@sha256:...`. */
  readonly images: readonly string[]
  /** The image that the last stage stands on, through other stages; undefined where that is `scratch`. */
  readonly base: string | undefined
  /** Instructions that an OCI image has no place for. */
  readonly dropped: readonly string[]
}

/** The largest file that is read. */
export const maxDockerfileBytes = 256 * 1024
const maxInstructions = 1_000
const maxStages = 64
const maxImages = 16

const plain = new Set(
  'ARG CMD ENTRYPOINT ENV EXPOSE LABEL MAINTAINER SHELL STOPSIGNAL USER VOLUME WORKDIR'.split(' '),
)
const copyFlags = ['chown', 'chmod']
const remote = /^["']?(?:[a-z][a-z0-9+.-]*:\/\/|git@)/i
const hereDocument = /(?:^|\s)[0-9]*<<-?["']?[A-Za-z_]\w*["']?(?=\s|$)/

/** Reads it, by name and line. Throws BuildError `build.dockerfile-invalid`. */
export function parseDockerfile(text: string): Dockerfile {
  if (text.length > maxDockerfileBytes) throw invalid(1, `over ${maxDockerfileBytes} bytes`)
  if (/[\0\ufffd]/.test(text)) throw invalid(1, 'this is no text')
  return new Reader().read(logicalLines(text))
}

/** The same file as the engine reads it: one line for each instruction, stages by number, images where `placeOf` says they are. */
export function renderDockerfile(
  { instructions }: Dockerfile,
  placeOf: (image: string) => string,
): string {
  let stages = 0
  const lines = instructions.map(({ name, flags, rest, from }) => {
    const source =
      from === undefined || from === 'scratch'
        ? from
        : 'image' in from
          ? placeOf(from.image)
          : stageName(from.stage)
    if (name === 'FROM') return `FROM ${source} AS ${stageName(stages++)}`
    const fromFlag = source === undefined ? [] : [`--from=${source}`]
    return [name, ...fromFlag, ...flags, rest].join(' ')
  })
  return `${lines.join('\n')}\n`
}

function stageName(stage: number): string {
  return `stage-${stage}`
}

type Line = { readonly line: string; readonly number: number }

/** Without comments, with continued lines as one; `number` of its first line. Directives that choose another syntax are refused. */
function logicalLines(text: string): Line[] {
  const lines: Line[] = []
  let open: Line | undefined
  let mayDirect = true
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const number = index + 1
    if (raw.trim() === '') continue
    const comment = /^\s*#(.*)$/.exec(raw)?.[1]
    if (comment !== undefined) {
      const [, key = '', value = ''] = /^\s*([A-Za-z]+)\s*=\s*(.*?)\s*$/.exec(comment) ?? []
      if (mayDirect && open === undefined) refuseDirective(key.toLowerCase(), value, number)
      if (key === '') mayDirect = false
      continue
    }
    mayDirect = false
    const goesOn = /\\[ \t]*$/.test(raw)
    const part = goesOn ? raw.replace(/\\[ \t]*$/, '') : raw
    open = { line: `${open?.line ?? ''}${part}`, number: open?.number ?? number }
    if (goesOn) continue
    lines.push({ ...open, line: open.line.trim() })
    open = undefined
  }
  if (open !== undefined) lines.push({ ...open, line: open.line.trim() })
  return lines
}

function refuseDirective(key: string, value: string, number: number): void {
  if (key === 'syntax')
    throw invalid(number, '"# syntax=" would fetch another reader of Dockerfiles: leave it out')
  if (key === 'escape' && value !== '\\')
    throw invalid(number, 'lines are continued with a backslash: leave "# escape=" out')
}

/** Goes through the instructions once; stages are known when they are named. */
class Reader {
  readonly #instructions: Instruction[] = []
  readonly #images = new Set<string>()
  readonly #dropped = new Set<string>()
  /** By stage: what it stands on in the end. */
  readonly #bases: (string | undefined)[] = []
  readonly #names = new Map<string, number>()

  read(lines: readonly Line[]): Dockerfile {
    for (const { line, number } of lines) {
      const [, word = '', rest = ''] = /^([A-Za-z]+)(?:\s+(.*))?$/s.exec(line) ?? []
      if (word === '') throw invalid(number, `expected an instruction, got ${quote(line)}`)
      if (line.endsWith('\\')) throw invalid(number, 'it ends with a backslash')
      if (this.#instructions.length >= maxInstructions)
        throw invalid(number, `over ${maxInstructions} instructions`)
      this.#instruction(word.toUpperCase(), rest.trim(), number)
    }
    if (this.#bases.length === 0) throw invalid(1, 'there is no FROM')
    return {
      instructions: this.#instructions,
      images: [...this.#images],
      base: this.#bases.at(-1),
      dropped: [...this.#dropped],
    }
  }

  #instruction(name: string, whole: string, number: number): void {
    const { flags, rest } = splitFlags(whole)
    if (name === 'HEALTHCHECK') {
      this.#requireStage(name, number)
      this.#dropped.add(name)
      return
    }
    if (rest === '') throw invalid(number, `${name} says nothing`)
    if (name === 'FROM') return this.#from(flags, rest, number)
    if (name !== 'ARG') this.#requireStage(name, number)
    if (hereDocument.test(rest) && ['RUN', 'COPY', 'ADD'].includes(name))
      throw invalid(number, 'here-documents are not read: join the lines with backslashes')
    if (name === 'RUN') return this.#run(flags, rest, number)
    if (name === 'COPY' || name === 'ADD') return this.#copy(name, flags, rest, number)
    if (name === 'ONBUILD')
      throw invalid(number, 'ONBUILD has no place in an OCI image: write it where it is built')
    if (!plain.has(name)) throw invalid(number, `there is no instruction ${quote(name)}`)
    // No flags are known here: what looks like one is the text itself.
    this.#instructions.push({ name, flags: [], rest: whole })
  }

  #from(flags: readonly string[], rest: string, number: number): void {
    if (flags.length > 0)
      throw invalid(number, `FROM takes no ${quote(nameOf(flags[0]))}: images are for linux/amd64`)
    const [, source = '', alias] = /^(\S+)(?:\s+AS\s+(\S+))?$/i.exec(rest) ?? []
    if (source === '')
      throw invalid(number, `expected FROM IMAGE@sha256:DIGEST [AS NAME], got ${quote(rest)}`)
    if (this.#bases.length >= maxStages) throw invalid(number, `over ${maxStages} stages`)
    const from = source === 'scratch' ? source : this.#source(source, number, false)
    const base =
      from === 'scratch' ? undefined : 'image' in from ? from.image : this.#bases[from.stage]
    if (alias !== undefined) {
      const key = alias.toLowerCase()
      if (!/^[a-z][a-z0-9._-]*$/.test(key) || key === 'scratch')
        throw invalid(number, `${quote(alias)} cannot name a stage`)
      if (this.#names.has(key)) throw invalid(number, `a stage is called ${quote(alias)} already`)
      this.#names.set(key, this.#bases.length)
    }
    this.#bases.push(base)
    this.#instructions.push({ name: 'FROM', flags: [], rest: '', from })
  }

  #run(flags: readonly string[], rest: string, number: number): void {
    if (flags.length > 0)
      throw invalid(
        number,
        `RUN takes no ${quote(nameOf(flags[0]))}: a step has the files of its stage and nothing else, no mount, no network, no rights of the host`,
      )
    this.#instructions.push({ name: 'RUN', flags: [], rest })
  }

  #copy(name: 'ADD' | 'COPY', flags: readonly string[], rest: string, number: number): void {
    const froms = flags.filter((flag) => nameOf(flag) === '--from')
    const others = flags.filter((flag) => nameOf(flag) !== '--from')
    for (const flag of others)
      if (!copyFlags.includes(nameOf(flag).slice('--'.length)))
        throw invalid(number, `${name} takes no ${quote(nameOf(flag))} here`)
    if (froms.length > (name === 'COPY' ? 1 : 0))
      throw invalid(number, `${name} takes no ${froms.length > 1 ? 'second ' : ''}--from`)
    const far = wordsOf(rest).find((word) => remote.test(word))
    if (far !== undefined)
      throw invalid(
        number,
        `${name} ${quote(far)} depends on the network: commit the file, and COPY it`,
      )
    const [source] = froms
    if (source === undefined) {
      this.#instructions.push({ name, flags: others, rest })
      return
    }
    const from = this.#source(source.slice('--from='.length), number, true)
    this.#instructions.push({ name, flags: others, rest, from })
  }

  /** An earlier stage, or an image by digest. */
  #source(text: string, number: number, byNumber: boolean): Exclude<From, 'scratch'> {
    const named = this.#names.get(text.toLowerCase())
    const stage = byNumber && /^[0-9]{1,3}$/.test(text) ? Number(text) : named
    // A stage can copy from those before it, not from itself.
    const before = this.#bases.length - (byNumber ? 1 : 0)
    if (stage !== undefined && stage < before) return { stage }
    if (stage !== undefined || /^[0-9]+$/.test(text))
      throw invalid(number, `there is no stage ${quote(text)} before this one`)
    const digest = parseImageReference(text)?.digest
    if (digest === undefined)
      throw invalid(
        number,
        `${quote(text)} is neither an earlier stage nor an image by its digest: write REGISTRY/REPOSITORY@sha256:DIGEST (\`docker buildx imagetools inspect IMAGE\` prints it)`,
      )
    this.#images.add(text)
    if (this.#images.size > maxImages) throw invalid(number, `over ${maxImages} images`)
    return { image: text }
  }

  #requireStage(name: string, number: number): void {
    if (this.#bases.length === 0) throw invalid(number, `${name} comes before the first FROM`)
  }
}

/** Words at the start that begin with two dashes. */
function splitFlags(whole: string): { readonly flags: readonly string[]; readonly rest: string } {
  const flags: string[] = []
  let rest = whole
  for (
    let found = /^(--[a-z]\S*)\s*/i.exec(rest);
    found !== null;
    found = /^(--[a-z]\S*)\s*/i.exec(rest)
  ) {
    flags.push(found[1] ?? '')
    rest = rest.slice(found[0].length)
  }
  return { flags, rest }
}

function nameOf(flag = ''): string {
  return flag.split('=', 1)[0]?.toLowerCase() ?? ''
}

function wordsOf(rest: string): string[] {
  return rest.split(/[\s,[\]"]+/).filter((word) => word !== '')
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 120))
}

function invalid(number: number, why: string): BuildError {
  return new BuildError('build.dockerfile-invalid', `line ${number} of the Dockerfile: ${why}`)
}
