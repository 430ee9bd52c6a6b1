// How a change stands in CHANGELOG.md: its text alone. All packages have one version, so that which one took which is no news. Pure.
export default {
  getReleaseLine: ({ summary }) => Promise.resolve(`- ${summary.trim().replaceAll('\n', '\n  ')}`),
  getDependencyReleaseLine: () => Promise.resolve(''),
}
