// Buttons of which one is pressed: one stop of the Tab key, arrow keys go from one to the next.
import { Toggle } from '@base-ui/react/toggle'
import { ToggleGroup } from '@base-ui/react/toggle-group'

export function Toggles<T extends string>(props: {
  label: string
  value: T
  onValue: (value: T) => void
  options: readonly (readonly [value: T, label: string, ...unknown[]])[]
}) {
  const { label, value, onValue, options } = props
  return (
    <ToggleGroup
      className="buttons"
      aria-label={label}
      value={[value]}
      onValueChange={([chosen]) => {
        const option = options.find(([one]) => one === chosen)
        if (option !== undefined) onValue(option[0])
      }}
    >
      {options.map(([one, text]) => (
        <Toggle key={one} value={one} className="button small">
          {text}
        </Toggle>
      ))}
    </ToggleGroup>
  )
}
