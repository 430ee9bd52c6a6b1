// Text of a stranger's file in messages. Pure.

/** Text of a stranger's file, short and without control characters. */
export function printable(text: string): string {
  return text.slice(0, 60).replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e]/g, '?')
}
