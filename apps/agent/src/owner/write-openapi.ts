// Writes docs/reference/owner-api.json: `node apps/agent/src/owner/write-openapi.ts`. Writes a file.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openApiDocument } from './routes.ts'

writeFileSync(
  join(import.meta.dirname, '../../../../docs/reference/owner-api.json'),
  `${JSON.stringify(openApiDocument(), undefined, 2)}\n`,
)
