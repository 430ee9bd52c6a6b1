// Compose files while they are written, and images that are looked up from a page.
import { expect, test } from 'vitest'
import { checkCompose, linesOf, resolveInPage } from './draft.ts'
import { readDeposit } from './deposit.ts'

const compose = (image: string, more = '') =>
  `name: app\nservices:\n  web:\n    image: ${image}\n    ports:\n      - target: 80\n${more}`
const digest = `sha256:${'ab'.repeat(32)}`

test('a file without problems says what it takes, and no registry is asked', async () => {
  const { problems, draft } = await checkCompose(compose('registry.example/app:1'), '')
  expect(problems).toEqual([])
  expect(draft?.terms).toMatchObject({ replicas: 1 })
})

test('a problem is at its line, and every one is told', async () => {
  const checked = await checkCompose(
    compose('registry.example/app:1', '    privileged: true\n    pid: host\n'),
    '',
  )
  expect(checked.problems.map(({ line }) => line)).toEqual([7, 8])
  expect(linesOf(checked)).toEqual(
    new Map([
      [7, 'bad'],
      [8, 'bad'],
    ]),
  )
})

test('a pinned image is a draft too, with its own digest', async () => {
  const { draft } = await checkCompose(compose(`registry.example/app@${digest}`), 'other')
  expect(draft?.document.services[0]?.image).toContain(digest)
})

test('a value that looks like a credential is warned of at its line', async () => {
  const more = '    environment:\n      API_KEY: sk-live-0123456789abcdef0123456789abcdef\n'
  const checked = await checkCompose(compose('registry.example/app:1', more), '')
  expect(checked.warnings.some(({ code }) => code.includes('credential'))).toBe(true)
  expect([...linesOf(checked).values()]).toContain('warn')
})

test('an image that is pinned needs no registry that answers pages; one by its tag does', async () => {
  const closed = '127.0.0.1:1/app'
  expect(await resolveInPage(`${closed}@${digest}`)).toBe(digest)
  await expect(resolveInPage(`${closed}:1`)).rejects.toMatchObject({
    code: 'registry.unreachable',
    message: expect.stringContaining('Pin the image by digest') as string,
  })
})

test('a deposit is DOT or nothing', () => {
  expect(readDeposit(' ')).toEqual({})
  expect(readDeposit('2.5')).toEqual({ value: 25n * 10n ** 17n })
  expect(readDeposit('much')).toHaveProperty('problem')
})
