// How much of something is taken, as a bar with words.

export function Meter(props: { label: string; part: number; whole: number; text: string }) {
  const { label, part, whole, text } = props
  const share = whole <= 0 ? 0 : Math.min(1, Math.max(0, part / whole))
  return (
    <div className="meter">
      <span className="quiet">{label}</span>
      <span>{text}</span>
      <svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
        <rect className="track" width="100" height="4" />
        <rect className="fill" width={share * 100} height="4" />
      </svg>
    </div>
  )
}
