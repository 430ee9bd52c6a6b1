// The code of a wallet's refusal (EIP-1193). Pure.

/** The code of an error of a wallet, wherever it lies in the chain of causes. */
export function walletCode(error: unknown): number | undefined {
  let current: unknown = error
  for (let depth = 0; depth < 8 && current !== null && typeof current === 'object'; depth += 1) {
    const { code, cause } = current as { code?: unknown; cause?: unknown }
    if (typeof code === 'number') return code
    current = cause
  }
  return undefined
}
