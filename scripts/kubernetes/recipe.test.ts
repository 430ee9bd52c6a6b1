// Where programs are kept, and what a wrapper module says.
import { expect, test } from 'vitest'
import { assetsFolder, assetsVersion, goMod, programNames, wrapperModules } from './recipe.ts'

test('programs are where KUBEBUILDER_ASSETS says, else in the cache of the user', () => {
  expect(assetsFolder({ KUBEBUILDER_ASSETS: '/a', XDG_CACHE_HOME: '/c' })).toBe('/a')
  expect(assetsFolder({ KUBEBUILDER_ASSETS: '', XDG_CACHE_HOME: '/c' })).toBe(
    `/c/wetee/kubernetes/${assetsVersion}`,
  )
  expect(assetsFolder({})).toMatch(/\/\.cache\/wetee\/kubernetes\/1\.34\./)
})

test('staging modules of Kubernetes are replaced by those of the same version', () => {
  const text = wrapperModules.map(goMod).at(-1)
  expect(text).toMatch(/^module wetee\.local\/kubernetes\n\ngo 1\.24\.0\n\nreplace \(\n/)
  expect(text).toMatch(/\n\tk8s\.io\/client-go => k8s\.io\/client-go v0\.34\.\d+\n/)
  expect(text?.match(/=>/g)).toHaveLength(31)
  expect(programNames).toEqual([
    'etcd',
    'kwok',
    'validation',
    'kube-apiserver',
    'kube-controller-manager',
    'kube-scheduler',
  ])
})
