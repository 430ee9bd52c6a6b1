// Names of APIs and their fields as Solidity and TypeScript may have them. Pure.

/** Words that neither language takes as a name, and names that every contract has. */
const reserved = new Set(
  `abstract address after alias anonymous any apply as assembly assert async auto await bool boolean break bytes calldata callId case
  catch class const constant constructor continue copyof debugger declare default define delete do else emit enum error eval event
  export extends external fallback false final finally fixed fixed128x18 for from function get global hex if immutable implements import
  in indexed inline instanceof int interface internal is keyof let library macro mapping match memory modifier module msg mutable
  namespace never new now null number object of options override package partial payable payload pragma private promise protected public
  pure readonly receive reference relocatable require return returns sealed selector set sizeof static storage string struct super
  supports switch symbol this throw true try tx type typedef typeof ufixed uint unchecked undefined unicode unknown using var view
  virtual void while with yield bridge block network values call arguments`.split(/\s+/),
)

/** `get-price` becomes `getPrice`. */
export function camel(name: string): string {
  const joined = name.replace(/-+(.)?/g, (_, next: string | undefined) =>
    (next ?? '').toUpperCase(),
  )
  const started = /^[A-Za-z_]/.test(joined) ? joined : `_${joined}`
  return isReserved(started) ? `${started}_` : started
}

/** `get-price` becomes `GetPrice`. */
export function pascal(name: string): string {
  const joined = name.replace(/(^|[-_]+)(.)?/g, (_, _dash, next: string | undefined) =>
    (next ?? '').toUpperCase(),
  )
  return /^[A-Za-z]/.test(joined) ? joined : `Api${joined}`
}

/** Each name once: a second one has a number behind it. */
export function distinct(names: readonly string[]): string[] {
  const taken = new Set<string>()
  return names.map((name) => {
    let free = name
    for (let number = 2; taken.has(free); number++) free = `${name}${number}`
    taken.add(free)
    return free
  })
}

function isReserved(name: string): boolean {
  return reserved.has(name) || /^(u?int|bytes|u?fixed)\d/.test(name)
}
