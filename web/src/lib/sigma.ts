/** Sigma and graphology, imported only where a network is drawn. */
export { default as Graph } from 'graphology'
export { default as Sigma } from 'sigma'
