export interface Destination {
  name: string;
}
