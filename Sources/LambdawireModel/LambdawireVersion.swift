/// The version of the model, which decides, with scenario and seed, every byte of a run.
public enum LambdawireVersion {
  public static let current = "0.1.0"
}
