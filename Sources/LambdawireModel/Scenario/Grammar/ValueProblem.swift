/// Why a text is not the value it should be.
struct ValueProblem: Error {
  /// What is found, if there is more to say than the text itself.
  var found: String?
  /// What would be right, if it is more than the type's usual answer.
  var expected: String?
  var suggestion: String?
}
