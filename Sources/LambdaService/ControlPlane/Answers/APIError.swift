/// How an API call was refused: AWS's error code, HTTP status and sentence.
public struct APIError: Error, Hashable, Sendable {
  /// Codes of the Lambda API for the calls that are modelled.
  public enum Code: String, Hashable, Sendable, CaseIterable {
    case accessDenied = "AccessDeniedException"
    case invalidParameterValue = "InvalidParameterValueException"
    case resourceConflict = "ResourceConflictException"
    case resourceNotFound = "ResourceNotFoundException"
    case validation = "ValidationException"
    case tooManyRequests = "TooManyRequestsException"
    case service = "ServiceException"

    /// The HTTP status of the answer (AWS, Lambda API reference, errors of each action).
    public var status: Int {
      switch self {
      case .accessDenied: 403
      case .invalidParameterValue, .validation: 400
      case .resourceConflict: 409
      case .resourceNotFound: 404
      case .tooManyRequests: 429
      case .service: 500
      }
    }
  }

  public var code: Code
  public var sentence: String

  public init(_ code: Code, _ sentence: String) {
    self.code = code
    self.sentence = sentence
  }

  public var status: Int { code.status }
}

extension APIError: CustomStringConvertible {
  public var description: String { "\(code.rawValue): \(sentence)" }
}
