// Schemas are checked without making code at run time: the page's policy forbids it, and an attempt breaks a rule. Imported before whatever makes schemas.
import { config } from 'zod'

config({ jitless: true })
