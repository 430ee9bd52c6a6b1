import { expect, test } from 'vitest'
import { exportsOf, functionsOf, functionsOfFolder } from './documented.ts'

const isDocumented = (offered: readonly { name: string; isDocumented: boolean }[]) =>
  offered.map(({ name, isDocumented }) => `${isDocumented ? '+' : '-'} ${name}`)

test('exports, and public methods of exported classes, count with the comment that belongs to them', () => {
  const text = `/** Said. */
export const a = 1
export function b() {}
function c() {}
/** Said. */
export class D {
  /** Said. */
  one() {}
  two() {}
  #three() {}
  private four() {}
}`
  expect(isDocumented(exportsOf('a.ts', text))).toEqual([
    '+ export const a = 1',
    '- export function b() {}',
    '+ export class D {',
    '+ one() {}',
    '- two() {}',
  ])
})

test('functions that can be called from outside count, also over several lines, and not those that override', () => {
  const text = `    /// @notice Said.
    function a(uint256 x) external;
    function b(
        uint256 x
    ) public view returns (uint256) {
    }
    function c() internal {}
    function d() external override {}`
  expect(isDocumented(functionsOf(text))).toEqual(['+ a', '- b'])
})

test('what carries out a function of an interface of its folder needs no words of its own', () => {
  const files = new Map([
    ['src/x/IThing.sol', '    /// @notice Said.\n    function a() external;'],
    ['src/x/Thing.sol', '    function a() external {}\n    function b() external {}'],
  ])
  const offered = functionsOfFolder(files)
  expect(isDocumented(offered.get('src/x/IThing.sol') ?? [])).toEqual(['+ a'])
  expect(isDocumented(offered.get('src/x/Thing.sol') ?? [])).toEqual(['- b'])
})
