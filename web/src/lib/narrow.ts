/** Whether there is only as much room as on a telephone; what reads it follows when the window changes. */
import { MediaQuery } from 'svelte/reactivity'

export const narrow = new MediaQuery('(max-width: 40rem)')
