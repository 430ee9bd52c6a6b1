// The part of a logger that the worker uses; pino has it. Types only.

/** Constant lower-case messages, flat fields. */
export type Log = {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}
