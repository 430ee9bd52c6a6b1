// The deposit as somebody types it. Pure.
import { parseDot } from '@wetee/sdk'

/** Nothing typed is nothing wrong: the plan has a default. */
export function readDeposit(text: string): { value?: bigint; problem?: string } {
  if (text.trim() === '') return {}
  try {
    return { value: parseDot(text) }
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) }
  }
}
