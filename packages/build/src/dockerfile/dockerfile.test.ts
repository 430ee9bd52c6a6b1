// Dockerfiles: what is read, and what is refused because the result would depend on the network or the host.
import { expect, test } from 'vitest'
import { fuzzSeeds, fuzzTargets } from '../fuzz.ts'
import { maxDockerfileBytes, parseDockerfile, renderDockerfile } from './dockerfile.ts'

const digest = `sha256:${'ab'.repeat(32)}`
const node = `docker.io/library/node:24@${digest}`
const render = (text: string) => renderDockerfile(parseDockerfile(text), () => 'HERE')
const refusal = (message: RegExp) =>
  expect.objectContaining({
    code: 'build.dockerfile-invalid',
    message: expect.stringMatching(message) as unknown,
  }) as unknown

test('continued lines are one, comments are gone, stages have numbers and images a place', () => {
  const text = `# check=skip=all
ARG V=1

FROM ${node} AS Build
  run echo a \\
    # in between

    && echo "b"   \\
      c
FROM build
FROM scratch as last\r
COPY --chown=1:2 --from=BUILD /a /b
COPY --from=1 /a /b
COPY --from=other.example/x@${digest} /a /b
CMD ["--from=x", "#"]`
  expect(render(text).split('\n')).toEqual([
    'ARG V=1',
    'FROM HERE AS stage-0',
    'RUN echo a     && echo "b"         c',
    'FROM stage-0 AS stage-1',
    'FROM scratch AS stage-2',
    'COPY --from=stage-0 --chown=1:2 /a /b',
    'COPY --from=stage-1 /a /b',
    'COPY --from=HERE /a /b',
    'CMD ["--from=x", "#"]',
    '',
  ])
})

test('images are listed once, and the base of the last stage is found through other stages', () => {
  const other = `other.example/x@${digest}`
  const read = parseDockerfile(
    `FROM ${other} AS a\nFROM ${node} AS b\nFROM b AS c\nCOPY --from=${other} /a /b\nFROM c\nHEALTHCHECK NONE`,
  )
  expect(read).toMatchObject({ images: [other, node], base: node, dropped: ['HEALTHCHECK'] })
  expect(parseDockerfile(`FROM ${node} AS a\nFROM scratch\nCOPY --from=a / /`).base).toBeUndefined()
})

test.each([
  ['an image by tag', 'FROM node:24', /^line 1 .*"node:24" is neither.*@sha256:DIGEST/],
  ['an image by name', 'FROM scratch\nFROM node', /^line 2 .*"node" is neither/],
  ['an image by another digest', `FROM node@sha512:${'a'.repeat(128)}`, /neither/],
  ['an image from an argument', `ARG A=${node}\nFROM $A`, /^line 2 .*neither/],
  ['a platform', `FROM --platform=linux/arm64 ${node}`, /"--platform".*linux\/amd64/],
  ['a stage that comes later', 'FROM b AS a\nFROM scratch AS b', /^line 1 .*neither/],
  ['a copy from itself', 'FROM scratch AS a\nCOPY --from=a /x /y', /no stage "a" before/],
  ['a copy from a stage that is not', 'FROM scratch\nCOPY --from=7 /x /y', /no stage "7"/],
  ['a copy from an image by tag', 'FROM scratch\nCOPY --from=nginx:1 /x /y', /"nginx:1"/],
  ['a copy from an argument', 'FROM scratch\nCOPY --from=$X /x /y', /neither/],
  ['a stage twice', 'FROM scratch AS a\nFROM scratch AS A', /called "A" already/],
  ['a stage called scratch', 'FROM scratch AS scratch', /cannot name/],
  ['another syntax', '# syntax=docker/dockerfile:1\nFROM scratch', /^line 1 .*syntax/],
  ['another syntax, later', '#check=x\n # SYNTAX = a\nFROM scratch', /^line 2 .*syntax/],
  ['another escape', '# escape=`\nFROM scratch', /escape/],
  ['a download', 'FROM scratch\nADD https://a.example/x /x', /^line 2 .*network/],
  ['a download in a list', 'FROM scratch\nADD ["http://a.example/x","/x"]', /network/],
  ['a repository', 'FROM scratch\nADD git@a.example:x/y.git /x', /network/],
  ['a checksum of a download', 'FROM scratch\nADD --checksum=a x /x', /"--checksum"/],
  ['a secret', 'FROM scratch\nRUN --mount=type=secret,id=a x', /"--mount".*no mount/],
  ['a folder of the host', 'FROM scratch\nRUN --mount=source=/,target=/h x', /"--mount"/],
  ['the network', 'FROM scratch\nRUN --network=host x', /"--network"/],
  ['rights', 'FROM scratch\nRUN  --SECURITY=insecure x', /"--security"/],
  ['a here-document', 'FROM scratch\nRUN <<EOF\ntrue\nEOF', /^line 2 .*here-documents/],
  ['a here-document to copy', `FROM scratch\nCOPY <<'EOF' /x`, /here-documents/],
  ['a trigger', 'FROM scratch\nONBUILD RUN x', /ONBUILD/],
  ['an instruction that is none', 'FROM scratch\nINSTALL x', /no instruction "INSTALL"/],
  ['text', 'FROM scratch\n{}', /^line 2 .*expected an instruction/],
  ['nothing', '# nothing\n', /no FROM/],
  ['an instruction before FROM', 'RUN x\nFROM scratch', /^line 1 .*before the first FROM/],
  ['an instruction that says nothing', 'FROM scratch\nRUN \\\n\n', /RUN says nothing/],
  ['a backslash at the end', 'FROM scratch\nRUN x \\\\\n', /backslash/],
  ['bytes that are no text', 'FROM scratch\nRUN \0', /no text/],
  ['too much', `FROM scratch\n${' '.repeat(maxDockerfileBytes)}`, /over 262144 bytes/],
  ['too many instructions', `FROM scratch\n${'USER 1\n'.repeat(1000)}`, /over 1000/],
  ['too many stages', 'FROM scratch\n'.repeat(65), /over 64 stages/],
  [
    'too many images',
    Array.from({ length: 17 }, (_, n) => `FROM a${n}@${digest}\n`).join(''),
    /over 16 images/,
  ],
])('%s is refused by its line', (_, text, message) => {
  expect(() => parseDockerfile(text)).toThrow(refusal(message))
})

test('shifts and here-strings of a shell are no here-documents', () => {
  expect(render('FROM scratch\nRUN echo $((1<<2)) && cat <<<a')).toContain('<<2')
})

test('any bytes give a refusal, or a file that means the same when it is read again', () => {
  const target = fuzzTargets['build-dockerfile']
  const [seed] = fuzzSeeds['build-dockerfile'] ?? []
  if (target === undefined || seed === undefined) throw new Error('no target')
  target(seed)
  let state = 7
  const random = (below: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    return state % below
  }
  for (let round = 0; round < 5_000; round++) {
    const bytes = Buffer.from(seed)
    for (let change = random(4); change >= 0; change--)
      bytes[random(bytes.length)] = random(3) === 0 ? random(256) : (seed[random(seed.length)] ?? 0)
    try {
      target(bytes)
    } catch (error) {
      expect(error).toMatchObject({ name: 'BuildError' })
    }
  }
})
