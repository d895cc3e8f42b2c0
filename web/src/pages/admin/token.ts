/** A token of one's own, without its secret. */
export interface Token {
  id: string
  about: string
  writes: boolean
  begun: string
  until: string
}
