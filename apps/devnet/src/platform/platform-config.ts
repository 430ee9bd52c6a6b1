// Configuration of the simulated TEE platform. Pure.
import { isAbsolute } from 'node:path'
import { z } from 'zod'

const absolutePath = z.string().refine(isAbsolute, 'an absolute path')

/** The file given by `--config`; unknown keys are refused. */
export const platformConfigSchema = z.strictObject({
  /** Folder for the chips, guest sockets and the vendors' roots; made when missing. */
  stateDir: absolutePath,
  /** Folder of the vendors' keys, which are made at the first start. */
  vendorDir: absolutePath,
  machines: z
    .array(
      z.strictObject({
        name: z.string().regex(/^[a-z0-9-]{1,63}$/),
        /** Host socket of this machine. */
        socket: absolutePath,
        tee: z.enum(['tdx', 'sev-snp']).default('tdx'),
      }),
    )
    .min(1)
    .max(64)
    .refine(
      (machines) =>
        new Set(machines.map((machine) => machine.name)).size === machines.length &&
        new Set(machines.map((machine) => machine.socket)).size === machines.length,
      'names and sockets that differ',
    ),
})

/** A platform: the vendors and their machines. */
export type PlatformConfig = z.infer<typeof platformConfigSchema>
