// For tests: images without bytes. Implements the image store's port.
import type { Images } from '../images/image-store.ts'

/** Digests that are whole; `onPull` lets a test play the registry. */
export class MemoryImages implements Images {
  readonly whole = new Set<string>()
  onPull: (digest: string) => Promise<void> = () => Promise.resolve()

  layout(digest: string): string {
    return `/images/${digest.slice('sha256:'.length)}`
  }
  present(digests: Iterable<string>): Promise<Set<string>> {
    return Promise.resolve(new Set([...digests].filter((digest) => this.whole.has(digest))))
  }
  userOf(): string {
    return '1000'
  }
  programOf() {
    return { entrypoint: ['/app'], command: ['serve'] }
  }
  async pull(reference: string): Promise<void> {
    const digest = reference.slice(reference.lastIndexOf('@') + 1)
    await this.onPull(digest)
    this.whole.add(digest)
  }
  distrust(): void {
    // Bytes that are not there cannot be wrong.
  }
  keepOnly(digests: ReadonlySet<string>): Promise<void> {
    for (const digest of [...this.whole]) if (!digests.has(digest)) this.whole.delete(digest)
    return Promise.resolve()
  }
}
