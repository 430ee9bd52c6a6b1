// Event logs of TDX guests in words: what each register was extended by. Pure.
import {
  AttestationError,
  readCcel,
  readDstackLog,
  replayCcel,
  replayDstackLog,
  type BootEvent,
  type DstackEvent,
} from '@wetee/attestation'
import { shorten, type Description, type Field, type Section } from './field.ts'

/** Event types of the TCG that firmware and boot loaders use. */
const typeNames: Readonly<Record<number, string>> = {
  0x01: 'EV_POST_CODE',
  0x03: 'EV_NO_ACTION',
  0x04: 'EV_SEPARATOR',
  0x05: 'EV_ACTION',
  0x06: 'EV_EVENT_TAG',
  0x08: 'EV_S_CRTM_VERSION',
  0x0a: 'EV_PLATFORM_CONFIG_FLAGS',
  0x0d: 'EV_IPL',
  0x8000_0001: 'EV_EFI_VARIABLE_DRIVER_CONFIG',
  0x8000_0002: 'EV_EFI_VARIABLE_BOOT',
  0x8000_0003: 'EV_EFI_BOOT_SERVICES_APPLICATION',
  0x8000_0006: 'EV_EFI_GPT_EVENT',
  0x8000_0007: 'EV_EFI_ACTION',
  0x8000_0008: 'EV_EFI_PLATFORM_FIRMWARE_BLOB',
  0x8000_0009: 'EV_EFI_HANDOFF_TABLES',
  0x8000_000a: 'EV_EFI_PLATFORM_FIRMWARE_BLOB2',
  0x8000_000b: 'EV_EFI_HANDOFF_TABLES2',
  0x8000_000c: 'EV_EFI_VARIABLE_BOOT2',
  0x8000_00e0: 'EV_EFI_VARIABLE_AUTHORITY',
}

/** A CCEL, or nothing where the bytes are none. */
export function describeCcel(bytes: Uint8Array): Description | undefined {
  return attempt(() => {
    const rtmr = replayCcel(bytes)
    const events = readCcel(bytes, rtmr)
    return describe(`boot log (CCEL), ${events.length} events`, rtmr, events)
  })
}

/** A log of a dstack guest, or nothing where the text is none. */
export function describeDstackLog(text: string): Description | undefined {
  return attempt(() => {
    const rtmr = replayDstackLog(text)
    const events = readDstackLog(text, rtmr)
    return describe(`dstack event log, ${events.length} events`, rtmr, events)
  })
}

function attempt(read: () => Description): Description | undefined {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof AttestationError)) throw error
    return undefined
  }
}

function describe(
  what: string,
  rtmr: readonly string[],
  events: readonly (BootEvent | DstackEvent)[],
): Description {
  const registers: Section = {
    title: 'Registers that it replays to; compare them with those of a quote',
    fields: rtmr.map((register, index) => ({ name: `RTMR${index}`, hex: register.slice(2) })),
  }
  const sections = [0, 1, 2, 3].flatMap((index) => {
    const fields = events
      .filter(({ register }) => register === index)
      .flatMap((event, number) => eventFields(event, number + 1))
    return fields.length === 0 ? [] : [{ title: `RTMR${index}`, fields }]
  })
  return { what, sections: [registers, ...sections] }
}

function eventFields(event: BootEvent | DstackEvent, number: number): Field[] {
  if ('event' in event)
    return [{ name: event.event, hex: shorten(event.payload), meaning: printable(event.payload) }]
  const { type, digest, data, unprovenData } = event
  const name = typeNames[type] ?? `type 0x${type.toString(16)}`
  const note = data ?? unprovenData
  const words = note === undefined ? '' : printable(note)
  const proven = data === undefined && words !== '' ? ' (unproven)' : ''
  return [
    {
      name: `${number}`,
      hex: digest.slice(2),
      meaning: [name, words + proven].filter(Boolean).join(': '),
    },
  ]
}

/** Text of at most 48 characters where the bytes are text, in ASCII or UTF-16. */
function printable(bytes: Uint8Array): string {
  const trimmed = bytes.filter((byte) => byte !== 0)
  const isText = trimmed.length > 0 && trimmed.every((byte) => byte > 31 && byte < 127)
  if (!isText) return ''
  const text = new TextDecoder().decode(trimmed)
  return text.length <= 48 ? text : `${text.slice(0, 45)}...`
}
