// The list of an image's parts: what npm says, with Node itself, and nothing that differs from build to build. Pure.

type Sbom = {
  serialNumber?: string
  readonly metadata: { timestamp?: string }
  components: { readonly [field: string]: unknown }[]
}

/** CycloneDX JSON as `npm sbom` writes it -> the same with Node, without time and number. */
export function describeParts(text: string, node: string = process.versions.node): string {
  const sbom = JSON.parse(text) as Sbom
  delete sbom.serialNumber
  delete sbom.metadata.timestamp
  sbom.components.push({
    'bom-ref': `node@${node}`,
    type: 'platform',
    name: 'node',
    version: node,
    purl: `pkg:generic/node@${node}`,
  })
  return `${JSON.stringify(sbom, null, 1)}\n`
}
