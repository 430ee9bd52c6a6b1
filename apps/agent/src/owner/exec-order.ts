// A command of the owner as it is asked for, what goes in while it runs, and what comes out. Pure.
import * as z from 'zod'

/** Longest time of a command whose input came with it, and the default, seconds. */
const MAX_SECONDS = 600
const DEFAULT_SECONDS = 60
/** The same of one whose input comes while it runs. */
const MAX_ATTENDED_SECONDS = 28_800
const DEFAULT_ATTENDED_SECONDS = 3_600
const MAX_WORDS = 256
const MAX_INPUT_BYTES = 16_384

const inputBytes = z.base64().max(Math.ceil(MAX_INPUT_BYTES / 3) * 4)
const side = z.int().min(1).max(1_000)

/** A terminal's size, in characters. */
export const terminalSizeSchema = z.strictObject({ columns: side, rows: side })
export type TerminalSize = z.infer<typeof terminalSizeSchema>

/** What is asked for. */
export const execSchema = z
  .strictObject({
    service: z.string().min(1).max(63),
    command: z
      .array(
        z
          .string()
          .max(16_384)
          .regex(/^[^\0]*$/),
      )
      .min(1)
      .max(MAX_WORDS)
      .refine(([program]) => program !== '', 'names no program')
      .describe('Program and arguments; no shell comes in between'),
    input: inputBytes.optional().describe('Standard input, the whole of it'),
    interactive: z.literal(true).optional().describe('Input comes by calls while it runs'),
    terminal: terminalSizeSchema
      .extend({
        name: z
          .string()
          .regex(/^[A-Za-z0-9.+_-]{1,64}$/)
          .optional()
          .describe('TERM; default xterm'),
      })
      .optional()
      .describe('Runs at a terminal of this size; input comes by calls'),
    timeoutSeconds: z
      .int()
      .min(1)
      .max(MAX_ATTENDED_SECONDS)
      .optional()
      .describe(
        `It is killed then; default ${DEFAULT_SECONDS}, at most ${MAX_SECONDS}; where input comes by calls ${DEFAULT_ATTENDED_SECONDS} and ${MAX_ATTENDED_SECONDS}`,
      ),
  })
  .refine((order) => order.input === undefined || !isAttended(order), {
    message: 'input comes with the command or by calls, not both',
    path: ['input'],
  })
  .refine((order) => isAttended(order) || (order.timeoutSeconds ?? 0) <= MAX_SECONDS, {
    message: `at most ${MAX_SECONDS} without input that comes by calls`,
    path: ['timeoutSeconds'],
  })
export type ExecOrder = z.infer<typeof execSchema>

/** Input of a command that runs. */
export const execInputSchema = z.strictObject({
  data: inputBytes.optional(),
  end: z.literal(true).optional().describe('There is no more input'),
})
export type ExecInputPart = z.infer<typeof execInputSchema>

/** A piece of output, or how it went. */
export const execFrameSchema = z.union([
  z.object({ id: z.string().describe('Where its input goes; first, where input comes by calls') }),
  z.object({ stream: z.enum(['stdout', 'stderr']), data: z.base64() }),
  z.object({
    exitCode: z.int().min(0).max(255),
    truncated: z.boolean().describe('Output was dropped'),
    hostsWord: z.literal(true).describe('The worker has told the exit code'),
  }),
  z.object({ error: z.object({ code: z.string(), message: z.string() }) }),
])
export type ExecFrame = z.infer<typeof execFrameSchema>

/** Whether its input comes while it runs. */
export function isAttended({
  interactive,
  terminal,
}: {
  readonly interactive?: true | undefined
  readonly terminal?: TerminalSize | undefined
}): boolean {
  return interactive === true || terminal !== undefined
}

/** How long it may run, milliseconds. */
export function timeoutMsOf(order: ExecOrder): number {
  const byDefault = isAttended(order) ? DEFAULT_ATTENDED_SECONDS : DEFAULT_SECONDS
  return (order.timeoutSeconds ?? byDefault) * 1_000
}
