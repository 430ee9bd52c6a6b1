// AWS's root for Nitro enclaves, pinned. Pure.
import { fromBase64 } from '../../base64.ts'
import type { TrustStore } from '../trust-store.ts'

/**
 * AWS Nitro Enclaves Root-G1, valid 2019-10-28 to 2049-10-28; SHA-256 641a0321..8f79bb5b is checked
 * by a test.
 */
const AWS_NITRO_ROOT_G1 =
  'MIICETCCAZagAwIBAgIRAPkxdWgbkK/hHUbMtOTn+FYwCgYIKoZIzj0EAwMwSTELMAkGA1UEBhMC' +
  'VVMxDzANBgNVBAoMBkFtYXpvbjEMMAoGA1UECwwDQVdTMRswGQYDVQQDDBJhd3Mubml0cm8tZW5j' +
  'bGF2ZXMwHhcNMTkxMDI4MTMyODA1WhcNNDkxMDI4MTQyODA1WjBJMQswCQYDVQQGEwJVUzEPMA0G' +
  'A1UECgwGQW1hem9uMQwwCgYDVQQLDANBV1MxGzAZBgNVBAMMEmF3cy5uaXRyby1lbmNsYXZlczB2' +
  'MBAGByqGSM49AgEGBSuBBAAiA2IABPwCVOumCMHzaHDimtqQvkY4MpJzbolL//Zy2YlES1BR5TSk' +
  'sfbb48C8WBoyt7F2Bw7eEtaaP+ohG2bnUs990d0JX28TcPQXCEPZ3BABIeTPYwEoCWZEh8l5YoQw' +
  'TcU/9KNCMEAwDwYDVR0TAQH/BAUwAwEB/zAdBgNVHQ4EFgQUkCW1DdkFR+eWw5b6cp3PmanfS5Yw' +
  'DgYDVR0PAQH/BAQDAgGGMAoGCCqGSM49BAMDA2kAMGYCMQCjfy+Rocm9Xue4YnwWmNJVA44fA0P5' +
  'W2OpYow9OYCVRaEevL8uO1XYru5xtMPWrfMCMQCi85sWBbJwKKXdS6BptQFuZbT73o/gBh1qUxl/' +
  'nNr12UO8Yfwr6wPLb+6NIwLz3/Y='

/** The trust store for genuine Nitro enclaves: AWS's root alone. */
export const nitroTrustStore: TrustStore = {
  roots: [
    {
      name: 'aws-nitro-root-g1',
      der: fromBase64(AWS_NITRO_ROOT_G1) ?? new Uint8Array(),
      simulated: false,
    },
  ],
}
