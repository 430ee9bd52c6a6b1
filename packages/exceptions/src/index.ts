// Exceptions in log lines. Re-exports only.
export { LogReader, type LogText } from './log-reader.ts'
export { ExceptionGroups, type ExceptionGroup } from './exception-groups.ts'
export { describeException, type Exception, type ExceptionLanguage } from './exception.ts'
