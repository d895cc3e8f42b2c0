/** Sends a file and tells how much of it went, which fetch cannot. */
import { address, Problem } from '../../lib/api'

export function send(path: string, form: FormData, csrf: string, told: (part: number) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', address(path))
    request.setRequestHeader('X-CSRF-Token', csrf)
    request.setRequestHeader('Accept', 'application/json')
    request.upload.onprogress = (event) => event.lengthComputable && told(event.loaded / event.total)
    request.onerror = () => reject(new Problem(0, 'unreachable'))
    request.onload = () => (request.status < 300 ? resolve() : reject(problem(request)))
    request.send(form)
  })
}

function problem(request: XMLHttpRequest): Problem {
  try {
    const { title, detail, hint } = JSON.parse(request.responseText) as { title?: string; detail?: string; hint?: string }
    return new Problem(request.status, title ?? request.statusText, detail, hint)
  } catch {
    return new Problem(request.status, request.statusText)
  }
}
